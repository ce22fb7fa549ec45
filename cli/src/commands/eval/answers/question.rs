//! Questions with what a right answer to them has, read from the files of a data set.

use std::path::Path;

use anyhow::{Context, ensure};
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::super::dataset;

/// A question of a data set.
#[derive(Debug)]
pub(super) struct Question {
    /// The name of the set, which also names the file of its documents.
    pub(super) set: String,
    /// What the question asks for or how it asks, as "howto" or "misspelt".
    pub(super) kind: String,
    pub(super) text: String,
    /// What a right answer says, for readers.
    pub(super) expected: String,
    pub(super) criterion: Criterion,
}

/// What makes an answer right.
#[derive(Debug)]
pub(super) enum Criterion {
    /// The answer matches every expression and cites a document whose id contains one of the strings.
    Matches {
        must: Vec<Regex>,
        documents: Vec<String>,
    },
    /// The answer matches the expression. The question shares few words with the documents.
    OtherWords(Regex),
    /// The answer quotes the section that begins with this text. The question is the heading of the section.
    Section(String),
    /// Nothing does: the documents have the subject, but not what is asked about it. A few such questions can be answered,
    /// and are graded neither way.
    NearMiss { is_answerable: bool },
    /// Nothing does: the documents do not have the subject.
    Far,
}

/// One line of `questions.jsonl`.
#[derive(Deserialize)]
struct Line {
    set: String,
    kind: String,
    question: String,
    expected: Option<String>,
    #[serde(default)]
    documents: Vec<String>,
    #[serde(default)]
    must: Vec<String>,
    passage_has: Option<String>,
    answerable: bool,
}

impl Question {
    /// Reads the questions of a folder. Fails if a question has no criterion, or one that is not a regular expression.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<Self>> {
        let file = folder.join("questions.jsonl");
        let lines: Vec<Line> = dataset::json_lines(&file)?;
        let questions = lines.into_iter().map(|line| {
            let text = line.question.clone();
            Self::parse(line).with_context(|| format!("{}: the question \"{text}\"", file.display()))
        });
        questions.collect()
    }

    fn parse(line: Line) -> anyhow::Result<Self> {
        let expected = line.expected.unwrap_or_default();
        let criterion = match line.kind.as_str() {
            "near miss" => Criterion::NearMiss {
                is_answerable: line.answerable,
            },
            _ if !line.answerable => Criterion::Far,
            "heading" => {
                ensure!(
                    !expected.trim().is_empty(),
                    "the beginning of the section is blank"
                );
                Criterion::Section(expected.clone())
            }
            _ => match &line.passage_has {
                Some(expression) => Criterion::OtherWords(parse_regex(expression)?),
                None => {
                    ensure!(!line.must.is_empty(), "`must` and `passage_has` are missing");
                    Criterion::Matches {
                        must: line
                            .must
                            .iter()
                            .map(|must| parse_regex(must))
                            .collect::<anyhow::Result<_>>()?,
                        documents: line.documents,
                    }
                }
            },
        };
        Ok(Self {
            set: line.set,
            kind: line.kind,
            text: line.question,
            expected,
            criterion,
        })
    }
}

/// An expression that may match across lines.
fn parse_regex(expression: &str) -> anyhow::Result<Regex> {
    let regex = RegexBuilder::new(expression)
        .multi_line(true)
        .dot_matches_new_line(true)
        .build();
    regex.with_context(|| format!("`{expression}` is not a regular expression"))
}
