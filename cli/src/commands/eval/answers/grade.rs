//! Grades replies: whether an answer is complete.

use std::collections::HashMap;

use super::{
    question::{Criterion, Question},
    reply::Reply,
    section::{fold, sections},
};

/// What a reply is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    /// What is shown has all that the question asks for.
    Complete,
    /// Something else is shown, or something is shown although the question has no answer.
    Wrong,
    /// Nothing is shown.
    Declined,
}

/// Grades a reply. `texts` are the texts of the documents by id.
pub(super) fn grade(question: &Question, reply: &Reply, texts: &HashMap<String, String>) -> Grade {
    if !reply.is_shown() {
        return Grade::Declined;
    }
    let is_complete = match &question.criterion {
        Criterion::Matches { must, documents } => {
            // A line break within a sentence is no fault of an answer.
            let folded = fold(&reply.answer);
            let matches = must
                .iter()
                .all(|must| must.is_match(&reply.answer) || must.is_match(&folded));
            matches && cites_one_of(reply, documents)
        }
        Criterion::OtherWords(expression) => {
            expression.is_match(&reply.answer) || expression.is_match(&fold(&reply.answer))
        }
        Criterion::Section(beginning) => quotes_section(reply, beginning, texts),
        Criterion::NearMiss { .. } | Criterion::Far => false,
    };
    if is_complete {
        Grade::Complete
    } else {
        Grade::Wrong
    }
}

/// Whether a cited document's id contains one of the strings. Without strings, every document is right.
fn cites_one_of(reply: &Reply, documents: &[String]) -> bool {
    documents.is_empty()
        || reply.quotations.iter().any(|quotation| {
            documents
                .iter()
                .any(|document| quotation.document.contains(document))
        })
}

/// Whether a quotation overlaps a section that begins with the text, in any document that has such a section. Quoting the
/// heading alone does not count.
fn quotes_section(reply: &Reply, beginning: &str, texts: &HashMap<String, String>) -> bool {
    reply.quotations.iter().any(|quotation| {
        let Some(text) = texts.get(&quotation.document) else {
            return false;
        };
        let mut sections = sections(text, beginning).into_iter();
        sections.any(|section| quotation.start < section.end && section.start < quotation.end)
    })
}
