//! Extractive answers to Natural Questions from the annotated passage: whether the first two quoted sentences contain an
//! annotated short answer.

use std::path::Path;

use anyhow::Context;
use shared::{
    agents::{retrieval::Retrieved, synthesis::extractive::quote},
    domain::Question,
    evidence::markers::markers,
};

use super::{
    calibration::{Example, library, normalize, without_markers},
    dataset,
    dataset::Split,
    memory_index::MemoryIndex,
    progress::map_with_progress,
    table::Row,
};

/// How many quoted sentences are evaluated.
const SENTENCES: usize = 2;

/// Measures the share of questions whose first two quoted sentences contain a short answer.
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let library = library(&examples)?;
    let examples = split.select(examples);
    let results = map_with_progress("nq-quotes", &examples, |example| holds(example, &library));
    let results: Vec<bool> = results.into_iter().collect::<anyhow::Result<_>>()?;
    let right = results.iter().filter(|is_right| **is_right).count();
    Ok(vec![Row {
        set: "nq-quotes",
        measure: "two sentences hold an answer",
        part: split.as_str().into(),
        examples: results.len(),
        value: right as f64 / results.len().max(1) as f64,
        count: None,
        refuted: None,
        floor: None,
        goal: None,
    }])
}

fn holds(example: &Example, library: &MemoryIndex) -> anyhow::Result<bool> {
    let question = Question::parse(&example.question)
        .ok()
        .context("a question is blank")?;
    let passage = example.ctxs.first().context("a question has no passage")?;
    let mut passage_index = MemoryIndex::default();
    passage_index.add("passage", &passage.title, &passage.text)?;
    let retrieved = Retrieved {
        weights: library.weights(&question),
        ..passage_index.search(&question, usize::MAX)
    };
    let answer = quote(&question, &retrieved, None).unwrap_or_default();
    // Each sentence ends with a citation marker.
    let end = markers(&answer)
        .into_iter()
        .take(SENTENCES)
        .map(|marker| marker.range.end)
        .next_back();
    let quoted = normalize(&without_markers(&answer[..end.unwrap_or_default()]));
    Ok(example
        .answers
        .iter()
        .any(|answer| quoted.contains(&normalize(answer))))
}
