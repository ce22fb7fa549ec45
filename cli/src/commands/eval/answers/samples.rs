//! The sample library and its questions as a data set: `questions.json` (what the answer has), `unanswerable.json`, and one
//! Markdown file for each document.

use std::path::Path;

use anyhow::Context;
use regex::Regex;
use serde::{Deserialize, de::DeserializeOwned};

use super::question::{Criterion, Question};
use crate::documents::{self, Document};

/// The name of the set.
pub(super) const SET: &str = "samples";
const QUESTIONS: &str = "questions.json";

#[derive(Deserialize)]
struct Answerable {
    question: String,
    /// The id of the right document.
    document: String,
    /// Words that the answer has.
    expect: String,
}

/// Whether a folder has questions in this format.
pub(super) fn is_in(folder: &Path) -> bool {
    folder.join(QUESTIONS).is_file()
}

/// Reads the questions of a folder.
pub(super) fn questions(folder: &Path) -> anyhow::Result<Vec<Question>> {
    let answerable: Vec<Answerable> = json(&folder.join(QUESTIONS))?;
    let unanswerable: Vec<String> = json(&folder.join("unanswerable.json"))?;
    let mut questions = Vec::new();
    for Answerable {
        question,
        document,
        expect,
    } in answerable
    {
        questions.push(Question {
            set: SET.to_owned(),
            kind: "answerable".to_owned(),
            text: question,
            criterion: Criterion::Matches {
                must: vec![Regex::new(&regex::escape(&expect))?],
                documents: vec![document],
            },
            expected: expect,
        });
    }
    questions.extend(unanswerable.into_iter().map(|question| Question {
        set: SET.to_owned(),
        kind: "unanswerable".to_owned(),
        text: question,
        expected: "decline".to_owned(),
        criterion: Criterion::Far,
    }));
    Ok(questions)
}

/// Reads the documents of a folder. The id of a document is the name of its file without the extension.
pub(super) fn documents(folder: &Path) -> anyhow::Result<Vec<Document>> {
    let files = documents::find_texts(folder)?;
    let documents = files.into_iter().map(|mut file| {
        file.id = file
            .file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Document::read(&file)
    });
    documents.collect()
}

fn json<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot parse {}", file.display()))
}
