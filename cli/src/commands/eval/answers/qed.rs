//! Answers over HTTP to the questions of QED (Lamm et al. 2021), from a library of all its paragraphs: whether the annotated answer is in what
//! is shown.

use std::{collections::HashSet, path::Path};

use super::{
    super::{
        dataset::{self, Split},
        table::{Goal, Row},
    },
    ask::ask_all,
    library::Library,
    reply::{Certainty, Reply},
    section::fold,
};
use serde::Deserialize;
use shared::agents::synthesis::EXTRACTIVE;

use crate::{documents::Document, server::Server};

const SET: &str = "qed";

/// A question with its paragraph and annotation.
#[derive(Deserialize)]
struct Example {
    question_text: String,
    title_text: String,
    paragraph_text: String,
    annotation: Annotation,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    answer: Vec<Span>,
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

impl Example {
    /// The annotated answer spans. An answer is right when it contains all of them.
    fn answers(&self) -> Vec<&str> {
        let answers = self.annotation.answer.iter();
        answers
            .map(|span| span.paragraph_reference.string.as_str())
            .collect()
    }
}

/// The examples of one half.
fn half(folder: &Path, split: Split) -> anyhow::Result<Vec<Example>> {
    Ok(split.select(dataset::json_lines(&folder.join("qed-dev.jsonl"))?))
}

/// The examples of one half that a single sentence answers.
fn examples(folder: &Path, split: Split) -> anyhow::Result<Vec<Example>> {
    let mut examples = half(folder, split)?;
    examples.retain(|example| example.annotation.explanation_type == "single_sentence");
    Ok(examples)
}

/// Fills a library with the paragraphs of one half, asks the questions with an annotated answer, and measures how often it
/// is shown.
pub(in super::super) async fn measure(
    folder: &Path,
    split: Split,
    server: &Server,
) -> anyhow::Result<Vec<Row>> {
    let library = Library::new(SET, paragraphs(&half(folder, split)?))?;
    let examples = examples(folder, split)?;
    let questions: Vec<&str> = examples
        .iter()
        .map(|example| example.question_text.as_str())
        .collect();
    let name = library.name.clone();
    library.fill(server).await?;
    let replies = ask_all(server, &name, EXTRACTIVE, &questions).await?;
    let outcomes: Vec<(Certainty, bool)> = examples
        .iter()
        .zip(&replies)
        .map(|(example, reply)| (reply.certainty, is_shown_in(example, reply)))
        .collect();
    Ok(rows(split, &outcomes))
}

/// The paragraphs as documents. Questions share some of them.
fn paragraphs(examples: &[Example]) -> Vec<Document> {
    let mut seen = HashSet::new();
    let distinct = examples.iter().filter(|example| {
        let paragraph = (&example.title_text, &example.paragraph_text);
        seen.insert(paragraph)
    });
    let documents = distinct.enumerate().map(|(number, example)| Document {
        id: format!("paragraph-{number}"),
        title: Some(example.title_text.clone()),
        text: example.paragraph_text.clone(),
        content_type: "text/plain",
    });
    documents.collect()
}

/// Whether every annotated string is in the answer, whatever its case and white space.
fn is_shown_in(example: &Example, reply: &Reply) -> bool {
    let shown = fold(&reply.answer).to_lowercase();
    let answers = example.answers();
    !answers.is_empty()
        && answers
            .iter()
            .all(|answer| shown.contains(&fold(answer).to_lowercase()))
}

fn rows(split: Split, outcomes: &[(Certainty, bool)]) -> Vec<Row> {
    let row = |measure, certainties: &[Certainty], has_answer: Option<bool>, goal| {
        let counted = outcomes.iter().filter(|(certainty, is_in)| {
            certainties.contains(certainty) && has_answer.is_none_or(|has| has == *is_in)
        });
        let count = counted.count();
        Row {
            set: SET,
            measure,
            part: split.as_str().into(),
            examples: outcomes.len(),
            value: count as f64 / outcomes.len().max(1) as f64,
            count: Some(count),
            refuted: None,
            floor: None,
            goal,
        }
    };
    vec![
        row(
            "in it, as answer or unsure",
            &[Certainty::Answer, Certainty::Unsure],
            Some(true),
            Some(Goal::AtLeast(0.80)),
        ),
        row("in it, as answer", &[Certainty::Answer], Some(true), None),
        row("not in it, as answer", &[Certainty::Answer], Some(false), None),
        row("not in it, as unsure", &[Certainty::Unsure], Some(false), None),
        row("declined", &[Certainty::None], None, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted_by_certainty() {
        let outcomes = [
            (Certainty::Answer, true),
            (Certainty::Unsure, true),
            (Certainty::Answer, false),
            (Certainty::Unsure, false),
            (Certainty::None, false),
        ];
        let counts: Vec<Option<usize>> = rows(Split::Training, &outcomes)
            .iter()
            .map(|row| row.count)
            .collect();
        assert_eq!(counts, [Some(2), Some(1), Some(1), Some(1), Some(1)]);
    }
}
