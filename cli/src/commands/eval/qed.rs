//! QED (Lamm et al. 2021): questions, each with a paragraph and the sentence of it that people chose as the answer's.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use shared::{
    agents::{
        retrieval::Retrieved,
        synthesis::extractive::select::{Candidate, candidates},
    },
    domain::{Question, code_points},
};

use super::{each, lines, lines::Half, pool::Pool, table::Row};

#[derive(Deserialize)]
pub(super) struct Example {
    pub(super) question_text: String,
    title_text: String,
    paragraph_text: String,
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

/// A sentence, in code points of the paragraph.
#[derive(Deserialize)]
struct Selected {
    start: usize,
    end: usize,
}

impl Example {
    /// The words that answer; all of them have to be there.
    pub(super) fn answers(&self) -> Vec<&str> {
        let answers = self.annotation.answer.iter();
        answers
            .map(|span| span.paragraph_reference.string.as_str())
            .collect()
    }

    /// The paragraph as the only document, with terms weighed as in the library.
    pub(super) fn retrieved(&self, question: &Question, library: &Pool) -> anyhow::Result<Retrieved> {
        let mut alone = Pool::default();
        alone.add("paragraph", &self.title_text, &self.paragraph_text)?;
        Ok(Retrieved {
            weights: library.weights(question),
            ..alone.find(question, usize::MAX)
        })
    }
}

/// The examples that one sentence answers.
pub(super) fn examples(folder: &Path, half: Half) -> anyhow::Result<Vec<Example>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("qed-dev.jsonl"))?;
    let mut examples = half.of(examples);
    examples.retain(|example| example.annotation.explanation_type == "single_sentence");
    Ok(examples)
}

/// All paragraphs, for the weights of terms.
pub(super) fn library(folder: &Path) -> anyhow::Result<Pool> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("qed-dev.jsonl"))?;
    let mut pool = Pool::default();
    for (number, example) in examples.iter().enumerate() {
        pool.add(&number.to_string(), &example.title_text, &example.paragraph_text)?;
    }
    Ok(pool)
}

/// Whether the sentence that is chosen first is the one that people chose. A sentence that is only shown before it, because
/// it leans on that, is not counted as chosen.
pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let library = library(folder)?;
    let examples = examples(folder, half)?;
    let told: anyhow::Result<Vec<bool>> = each("qed", &examples, |example| is_right(example, &library))
        .into_iter()
        .collect();
    let told = told?;
    let right = told.iter().filter(|right| **right).count();
    Ok(vec![Row {
        set: "qed",
        measure: "first sentence is right",
        part: half.as_str(),
        examples: told.len(),
        value: right as f64 / told.len().max(1) as f64,
        floor: None,
        goal: None,
    }])
}

fn is_right(example: &Example, library: &Pool) -> anyhow::Result<bool> {
    let question = Question::parse(&example.question_text)
        .ok()
        .context("a question is blank")?;
    let Retrieved {
        passages, weights, ..
    } = example.retrieved(&question, library)?;
    let chosen = candidates(&question, &weights, &passages).into_iter().next();
    let (Some(Candidate { source, range, .. }), Some(right)) =
        (chosen, &example.annotation.selected_sentence)
    else {
        return Ok(false);
    };
    let passage = &passages[source];
    let start = passage.start + code_points(&passage.text[..range.start]);
    // Sentences are cut a little differently there: the middle decides.
    let middle = start + code_points(&passage.text[range]) / 2;
    Ok((right.start..right.end).contains(&middle))
}
