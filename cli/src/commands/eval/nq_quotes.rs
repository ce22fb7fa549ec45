//! Natural Questions with the right passage alone: whether the first two sentences that are quoted from it hold a short
//! answer that people gave.

use std::path::Path;

use anyhow::Context;
use shared::{
    agents::{retrieval::Retrieved, synthesis::extractive::quote},
    domain::Question,
    evidence::markers::markers,
};

use super::{
    calibration::{Example, library, normal, without_markers},
    each, lines,
    lines::Half,
    pool::Pool,
    table::Row,
};

/// Sentences that are looked at.
const SENTENCES: usize = 2;

pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let library = library(&examples)?;
    let examples = half.of(examples);
    let told: anyhow::Result<Vec<bool>> = each("nq-quotes", &examples, |example| holds(example, &library))
        .into_iter()
        .collect();
    let told = told?;
    let right = told.iter().filter(|right| **right).count();
    Ok(vec![Row {
        set: "nq-quotes",
        measure: "two sentences hold an answer",
        part: half.as_str(),
        examples: told.len(),
        value: right as f64 / told.len().max(1) as f64,
        floor: None,
        goal: None,
    }])
}

fn holds(example: &Example, library: &Pool) -> anyhow::Result<bool> {
    let question = Question::parse(&example.question)
        .ok()
        .context("a question is blank")?;
    let passage = example.ctxs.first().context("a question has no passage")?;
    let mut alone = Pool::default();
    alone.add("passage", &passage.title, &passage.text)?;
    let retrieved = Retrieved {
        weights: library.weights(&question),
        ..alone.find(&question, usize::MAX)
    };
    let answer = quote(&question, &retrieved, None).unwrap_or_default();
    // Each sentence ends with the number of its source.
    let end = markers(&answer)
        .into_iter()
        .take(SENTENCES)
        .map(|marker| marker.range.end)
        .next_back();
    let quoted = normal(&without_markers(&answer[..end.unwrap_or_default()]));
    Ok(example
        .answers
        .iter()
        .any(|answer| quoted.contains(&normal(answer))))
}
