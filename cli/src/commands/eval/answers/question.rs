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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(fields: &Value) -> anyhow::Result<Question> {
        let mut line = json!({ "set": "town", "question": "When?", "expected": "at 8", "answerable": true });
        line.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        Question::parse(serde_json::from_value(line).unwrap())
    }

    #[test]
    fn the_kind_and_the_fields_of_a_question_choose_its_criterion() {
        let criterion = |fields: Value| parse(&fields).unwrap().criterion;
        let must = json!({ "kind": "howto", "must": ["8", "(?i)PIER"], "documents": ["ferry.md"] });
        assert!(matches!(criterion(must), Criterion::Matches { must, .. } if must.len() == 2));
        let other_words = json!({ "kind": "other words", "passage_has": "8" });
        assert!(matches!(criterion(other_words), Criterion::OtherWords(_)));
        assert!(matches!(
            criterion(json!({ "kind": "heading" })),
            Criterion::Section(_)
        ));
        let near_miss = json!({ "kind": "near miss", "answerable": false, "expected": null });
        assert!(matches!(
            criterion(near_miss),
            Criterion::NearMiss { is_answerable: false }
        ));
        let far = json!({ "kind": "unanswerable", "answerable": false });
        assert!(matches!(criterion(far), Criterion::Far));
    }

    #[test]
    fn an_expression_matches_across_lines() {
        let regex = parse_regex("NFS.{0,60}not supported").unwrap();
        assert!(regex.is_match("NFS is\nnot supported"));
    }

    #[test]
    fn a_question_that_cannot_be_graded_is_refused() {
        for fields in [
            json!({ "kind": "howto" }),
            json!({ "kind": "howto", "must": ["("] }),
            json!({ "kind": "heading", "expected": " " }),
        ] {
            assert!(parse(&fields).is_err(), "{fields}");
        }
    }
}
