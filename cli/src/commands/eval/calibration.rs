//! Calibration of `confidence.answer` on extractive answers to Natural Questions, from retrieved passages, and to QED, from
//! the given paragraph. An answer is right when it contains an annotated short answer.

use std::{collections::HashSet, path::Path};

use anyhow::Context;
use serde::Deserialize;
use shared::{
    agents::{retrieval::Retrieved, synthesis::extractive::quote},
    domain::Question,
    evidence::{claims, confidence::confidence, confidence_features::confidence_features, markers::markers},
};

use super::{
    dataset::{self, Split},
    diagram::{Bin, bins, diagram},
    measures::mean,
    memory_index::{MemoryIndex, TOP_K},
    progress::map_with_progress,
    qed,
    table::Row,
};

/// A question of Natural Questions.
#[derive(Deserialize)]
pub(super) struct Example {
    pub(super) question: String,
    pub(super) answers: Vec<String>,
    /// The annotated passage.
    pub(super) ctxs: Vec<Passage>,
}

#[derive(Deserialize)]
pub(super) struct Passage {
    pub(super) title: String,
    pub(super) text: String,
}

/// The confidence of an answer, and whether the answer was right.
type Prediction = (f64, bool);

/// Measures both sets together; `data` contains the folders of both. Writes the reliability diagram to `svg`.
pub(super) fn measure(data: &Path, split: Split, svg: Option<&Path>) -> anyhow::Result<Vec<Row>> {
    let mut predictions = natural_questions(&data.join("nq"), split)?;
    predictions.extend(qed_predictions(&data.join("qed"), split)?);
    let bins = bins(&predictions);
    if let Some(file) = svg {
        std::fs::write(file, diagram(&bins)).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let row = |measure, value| Row {
        set: "calibration",
        measure,
        part: split.as_str().into(),
        examples: predictions.len(),
        value,
        count: None,
        refuted: None,
        floor: None,
        goal: None,
    };
    let brier = |(confidence, is_right): &Prediction| (confidence - f64::from(u8::from(*is_right))).powi(2);
    Ok(vec![
        row(
            "right answers",
            mean(
                predictions
                    .iter()
                    .map(|(_, is_right)| f64::from(u8::from(*is_right))),
            ),
        ),
        row("expected calibration error", expected_calibration_error(&bins)),
        row("Brier score", mean(predictions.iter().map(brier))),
    ])
}

/// The expected calibration error (Naeini et al. 2015): the mean distance of confidence and accuracy over the bins, weighted
/// by their counts.
fn expected_calibration_error(bins: &[Bin]) -> f64 {
    let count: usize = bins.iter().map(|bin| bin.count).sum();
    let error = bins
        .iter()
        .map(|bin| bin.count as f64 * (bin.confidence - bin.accuracy).abs());
    error.fold(0.0, |sum, error| sum + error) / count.max(1) as f64
}

fn natural_questions(folder: &Path, split: Split) -> anyhow::Result<Vec<Prediction>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("nq-open-oracle.jsonl.gz"))?;
    let library = library(&examples)?;
    let examples = split.select(examples);
    let predictions = map_with_progress("nq", &examples, |example| {
        let question = Question::parse(&example.question)
            .ok()
            .context("a question is blank")?;
        let holds = |text: &str| {
            example
                .answers
                .iter()
                .any(|answer| text.contains(&normalize(answer)))
        };
        Ok(predict(&question, &library.search(&question, TOP_K), holds))
    });
    predictions.into_iter().filter_map(Result::transpose).collect()
}

/// Indexes the distinct passages of all questions.
pub(super) fn library(examples: &[Example]) -> anyhow::Result<MemoryIndex> {
    let mut library = MemoryIndex::default();
    let mut seen = HashSet::new();
    for passage in examples.iter().flat_map(|example| &example.ctxs) {
        if seen.insert(&passage.text) {
            library.add(&seen.len().to_string(), &passage.title, &passage.text)?;
        }
    }
    Ok(library)
}

fn qed_predictions(folder: &Path, split: Split) -> anyhow::Result<Vec<Prediction>> {
    let library = qed::library(folder)?;
    let examples = qed::examples(folder, split)?;
    let predictions = map_with_progress("qed", &examples, |example| {
        let question = Question::parse(&example.question_text)
            .ok()
            .context("a question is blank")?;
        let answers = example.answers();
        let holds = |text: &str| {
            !answers.is_empty() && answers.iter().all(|answer| text.contains(&normalize(answer)))
        };
        Ok(predict(
            &question,
            &example.retrieved(&question, &library)?,
            holds,
        ))
    });
    predictions.into_iter().filter_map(Result::transpose).collect()
}

/// Answers a question extractively. Returns `None` when nothing is quoted.
fn predict(question: &Question, retrieved: &Retrieved, holds: impl Fn(&str) -> bool) -> Option<Prediction> {
    let Retrieved {
        passages, weights, ..
    } = retrieved;
    let answer = quote(question, retrieved, None)?;
    let claims = claims::verify(&answer, passages);
    let confidence = confidence(
        &confidence_features(question, weights, passages, &claims),
        &claims,
    );
    Some((confidence.answer, holds(&normalize(&without_markers(&answer)))))
}

/// Removes the citation markers of an answer.
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

/// Normalizes text as the authors of the data set compare answers: lower-case words between single spaces, without articles
/// and punctuation.
pub(super) fn normalize(text: &str) -> String {
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
        assert!(normalize("It was the \"Röntgen\"-tube.").contains(&normalize("a Röntgen")));
        assert!(!normalize("It was 1901.").contains(&normalize("190")));
        assert_eq!(without_markers("One. [1] Two. [2]"), "One.  Two. ");
    }

    #[test]
    fn the_calibration_error_is_weighted_by_counts() {
        let predictions = [(0.95, true), (0.95, true), (0.95, false), (0.25, false)];
        let error = expected_calibration_error(&bins(&predictions));
        assert!(
            (error - (3.0 * (0.95_f64 - 2.0 / 3.0) + 0.25) / 4.0).abs() < 1e-9,
            "{error}"
        );
    }
}
