//! Whether `confidence.answer` is a probability: extractive answers to Natural Questions, each from the passages that a
//! search finds, and to QED, each from its paragraph; right is what holds a short answer that people gave.

use std::{collections::HashSet, path::Path};

use anyhow::Context;
use serde::Deserialize;
use shared::{
    agents::{retrieval::Retrieved, synthesis::extractive::quote},
    domain::Question,
    evidence::{claims, confidence::confidence, confidence_features::confidence_features, markers::markers},
};

use super::{
    diagram::{Bin, bins, diagram},
    each,
    lines::{self, Half},
    measures::mean,
    pool::{Pool, TOP_K},
    qed,
    table::Row,
};

/// A question of Natural Questions.
#[derive(Deserialize)]
pub(super) struct Example {
    pub(super) question: String,
    pub(super) answers: Vec<String>,
    /// The right passage.
    pub(super) ctxs: Vec<Passage>,
}

#[derive(Deserialize)]
pub(super) struct Passage {
    pub(super) title: String,
    pub(super) text: String,
}

/// What was told of an answer, and whether it was right.
type Told = (f64, bool);

/// Measures both sets together; `data` is the folder of both. The diagram is written to `svg`.
pub(super) fn measure(data: &Path, half: Half, svg: Option<&Path>) -> anyhow::Result<Vec<Row>> {
    let mut told = natural_questions(&data.join("nq"), half)?;
    told.extend(of_qed(&data.join("qed"), half)?);
    let bins = bins(&told);
    if let Some(file) = svg {
        std::fs::write(file, diagram(&bins)).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let row = |measure, value| Row {
        set: "calibration",
        measure,
        part: half.as_str(),
        examples: told.len(),
        value,
        floor: None,
        goal: None,
    };
    let brier = |(told, is_right): &Told| (told - f64::from(u8::from(*is_right))).powi(2);
    Ok(vec![
        row(
            "right answers",
            mean(told.iter().map(|told| f64::from(u8::from(told.1)))),
        ),
        row("expected calibration error", expected_error(&bins)),
        row("Brier score", mean(told.iter().map(brier))),
    ])
}

/// The mean distance between what was told and what was right, over ten bins, by their counts (Naeini et al. 2015).
fn expected_error(bins: &[Bin]) -> f64 {
    let count: usize = bins.iter().map(|bin| bin.count).sum();
    let error = bins
        .iter()
        .map(|bin| bin.count as f64 * (bin.told - bin.right).abs());
    error.fold(0.0, |sum, error| sum + error) / count.max(1) as f64
}

fn natural_questions(folder: &Path, half: Half) -> anyhow::Result<Vec<Told>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let library = library(&examples)?;
    let examples = half.of(examples);
    let told = each("nq", &examples, |example| {
        let question = Question::parse(&example.question)
            .ok()
            .context("a question is blank")?;
        let holds = |text: &str| {
            example
                .answers
                .iter()
                .any(|answer| text.contains(&normal(answer)))
        };
        Ok(told(&question, &library.find(&question, TOP_K), holds))
    });
    told.into_iter().filter_map(Result::transpose).collect()
}

/// The distinct passages of all questions.
pub(super) fn library(examples: &[Example]) -> anyhow::Result<Pool> {
    let mut library = Pool::default();
    let mut seen = HashSet::new();
    for passage in examples.iter().flat_map(|example| &example.ctxs) {
        if seen.insert(&passage.text) {
            library.add(&seen.len().to_string(), &passage.title, &passage.text)?;
        }
    }
    Ok(library)
}

fn of_qed(folder: &Path, half: Half) -> anyhow::Result<Vec<Told>> {
    let library = qed::library(folder)?;
    let examples = qed::examples(folder, half)?;
    let told = each("qed", &examples, |example| {
        let question = Question::parse(&example.question_text)
            .ok()
            .context("a question is blank")?;
        let answers = example.answers();
        let holds =
            |text: &str| !answers.is_empty() && answers.iter().all(|answer| text.contains(&normal(answer)));
        Ok(told(&question, &example.retrieved(&question, &library)?, holds))
    });
    told.into_iter().filter_map(Result::transpose).collect()
}

/// `None` where nothing is quoted.
fn told(question: &Question, retrieved: &Retrieved, holds: impl Fn(&str) -> bool) -> Option<Told> {
    let Retrieved {
        passages, weights, ..
    } = retrieved;
    let answer = quote(question, retrieved, None)?;
    let claims = claims::verify(&answer, passages);
    let confidence = confidence(
        &confidence_features(question, weights, passages, &claims),
        &claims,
    );
    Some((confidence.answer, holds(&normal(&without_markers(&answer)))))
}

/// The text of an answer alone.
pub(super) fn without_markers(answer: &str) -> String {
    let mut text = String::with_capacity(answer.len());
    let mut from = 0;
    for marker in markers(answer) {
        text.push_str(&answer[from..marker.range.start]);
        from = marker.range.end;
    }
    text.push_str(&answer[from..]);
    text
}

/// Words in lower case between single spaces, without articles and signs, as the set's authors compare answers.
pub(super) fn normal(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words = plain
        .split_whitespace()
        .filter(|word| !matches!(*word, "a" | "an" | "the"));
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_compared_by_whole_words() {
        assert!(normal("It was the \"Röntgen\"-tube.").contains(&normal("a Röntgen")));
        assert!(!normal("It was 1901.").contains(&normal("190")));
        assert_eq!(without_markers("One. [1] Two. [2]"), "One.  Two. ");
    }

    #[test]
    fn the_error_is_weighed_by_counts() {
        let told = [(0.95, true), (0.95, true), (0.95, false), (0.25, false)];
        let error = expected_error(&bins(&told));
        assert!(
            (error - (3.0 * (0.95_f64 - 2.0 / 3.0) + 0.25) / 4.0).abs() < 1e-9,
            "{error}"
        );
    }
}
