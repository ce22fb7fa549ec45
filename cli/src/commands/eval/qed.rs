//! QED (Lamm et al. 2021): questions, each with a paragraph and the annotated sentence that answers it.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use shared::{
    agents::{
        retrieval::Retrieved,
        synthesis::extractive::select::{SentenceCandidate, candidates},
    },
    domain::{Question, code_points},
};

use super::{dataset, dataset::Split, memory_index::MemoryIndex, progress::map_with_progress, table::Row};

/// A question with its paragraph and annotation.
#[derive(Deserialize)]
pub(super) struct Example {
    pub(super) question_text: String,
    pub(super) title_text: String,
    pub(super) paragraph_text: String,
    annotation: Annotation,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    answer: Vec<Span>,
    selected_sentence: Option<Selected>,
    explanation_type: String,
}

#[derive(Deserialize)]
struct Span {
    paragraph_reference: Reference,
}

#[derive(Deserialize)]
struct Reference {
    string: String,
}

/// The annotated sentence, as a range of code points in the paragraph.
#[derive(Deserialize)]
struct Selected {
    start: usize,
    end: usize,
}

impl Example {
    /// The annotated answer spans. An answer is right when it contains all of them.
    pub(super) fn answers(&self) -> Vec<&str> {
        let answers = self.annotation.answer.iter();
        answers
            .map(|span| span.paragraph_reference.string.as_str())
            .collect()
    }

    /// Retrieves passages from this paragraph alone, with term weights from the whole library.
    pub(super) fn retrieved(&self, question: &Question, library: &MemoryIndex) -> anyhow::Result<Retrieved> {
        let mut paragraph_index = MemoryIndex::default();
        paragraph_index.add("paragraph", &self.title_text, &self.paragraph_text)?;
        Ok(Retrieved {
            weights: library.weights(question),
            ..paragraph_index.search(question, usize::MAX)
        })
    }
}

/// Reads all examples of one half.
pub(super) fn half(folder: &Path, split: Split) -> anyhow::Result<Vec<Example>> {
    let examples = dataset::json_lines(&folder.join("qed-dev.jsonl"))?;
    Ok(split.select(examples))
}

/// Reads the examples that a single sentence answers.
pub(super) fn examples(folder: &Path, split: Split) -> anyhow::Result<Vec<Example>> {
    let mut examples = half(folder, split)?;
    examples.retain(|example| example.annotation.explanation_type == "single_sentence");
    Ok(examples)
}

/// Indexes all paragraphs, for term weights.
pub(super) fn library(folder: &Path) -> anyhow::Result<MemoryIndex> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("qed-dev.jsonl"))?;
    let mut index = MemoryIndex::default();
    for (number, example) in examples.iter().enumerate() {
        index.add(&number.to_string(), &example.title_text, &example.paragraph_text)?;
    }
    Ok(index)
}

/// Measures how often the first selected sentence is the annotated one. A sentence that is only shown for context before
/// it does not count as selected.
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
    let library = library(folder)?;
    let examples = examples(folder, split)?;
    let results = map_with_progress("qed", &examples, |example| is_right(example, &library));
    let results: Vec<bool> = results.into_iter().collect::<anyhow::Result<_>>()?;
    let right = results.iter().filter(|is_right| **is_right).count();
    Ok(vec![Row {
        set: "qed",
        measure: "first sentence is right",
        part: split.as_str().into(),
        examples: results.len(),
        value: right as f64 / results.len().max(1) as f64,
        count: None,
        refuted: None,
        floor: None,
        goal: None,
    }])
}

fn is_right(example: &Example, library: &MemoryIndex) -> anyhow::Result<bool> {
    let question = Question::parse(&example.question_text)
        .ok()
        .context("a question is blank")?;
    let Retrieved {
        passages, weights, ..
    } = example.retrieved(&question, library)?;
    let chosen = candidates(&question, &weights, &passages).into_iter().next();
    let (Some(SentenceCandidate { source, range, .. }), Some(right)) =
        (chosen, &example.annotation.selected_sentence)
    else {
        return Ok(false);
    };
    let passage = &passages[source];
    let start = passage.start + code_points(&passage.text[..range.start]);
    // The data set segments sentences slightly differently, so the middle of ours decides.
    let middle = start + code_points(&passage.text[range]) / 2;
    Ok((right.start..right.end).contains(&middle))
}
