//! Whether a question asks for the attribute that two statements give different values to.

use std::collections::BTreeMap;

use super::{difference::Difference, items::Items, subject::Headings};
use crate::evidence::{
    question::{AnswerKind, QuestionTerms, TermKind},
    words::Lexicon,
};

/// Number of letters that forms of a word share.
const BEGINNING: usize = 3;
/// Minimum share of the question that the statements and their headings cover.
const MIN_QUESTION: f64 = 0.6;
/// The same, when the value is of the kind that the question asks for.
const MIN_QUESTION_OF_KIND: f64 = 0.8;
/// Minimum share of the words of the attribute that the question has.
const MIN_ATTRIBUTE: f64 = 0.6;

/// A question and its parts.
#[derive(Debug)]
pub(super) struct Questions {
    questions: Vec<QuestionTerms>,
    /// The first letters of each term, in lower case.
    beginnings: Vec<String>,
}

impl Questions {
    /// Reads a question and its parts.
    pub(super) fn read<'a>(lexicon: &mut Lexicon, questions: impl IntoIterator<Item = &'a str>) -> Self {
        let read = |question: &str| QuestionTerms::read(lexicon, question, &BTreeMap::new());
        let questions: Vec<QuestionTerms> = questions.into_iter().map(read).collect();
        let terms = questions.iter().flat_map(|question| &question.words);
        let beginning = |text: &str| {
            text.chars()
                .take(BEGINNING)
                .flat_map(char::to_lowercase)
                .collect()
        };
        let mut beginnings: Vec<String> = terms.map(|term| beginning(&term.text)).collect();
        beginnings.sort_unstable();
        beginnings.dedup();
        Self {
            questions,
            beginnings,
        }
    }

    /// Whether a word of a text begins like a term: a quick check before the text is read.
    pub(super) fn may_be_mentioned_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let begins_word = |at: usize| at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        (0..bytes.len()).filter(|at| begins_word(*at)).any(|at| {
            let is_beginning = |beginning: &String| {
                let word = bytes.get(at..at + beginning.len());
                word.is_some_and(|word| word.eq_ignore_ascii_case(beginning.as_bytes()))
            };
            self.beginnings.iter().any(is_beginning)
        })
    }

    /// Whether a stem is that of a term.
    pub(super) fn has(&self, stem: u32) -> bool {
        self.questions
            .iter()
            .any(|question| question.words.iter().any(|term| term.stem == stem))
    }

    /// Whether one of them asks for what differs.
    pub(super) fn ask_for(
        &self,
        difference: &Difference,
        items: &Items<'_>,
        headings: [&Headings; 2],
    ) -> bool {
        self.questions
            .iter()
            .any(|question| asks_for(question, difference, items, headings))
    }
}

fn asks_for(
    question: &QuestionTerms,
    difference: &Difference,
    items: &Items<'_>,
    headings: [&Headings; 2],
) -> bool {
    let words = items.side().words;
    let stands = |stem: u32| {
        words.iter().any(|word| word.stem == stem) || headings.iter().all(|headings| headings.has(stem))
    };
    let identifies = |kind: TermKind| matches!(kind, TermKind::Name | TermKind::Number);
    let mut identifying = question.words.iter().filter(|term| identifies(term.kind));
    if !identifying.all(|term| stands(term.stem)) {
        return false;
    }
    let of_question = question.coverage(stands);
    if of_question < MIN_QUESTION {
        return false;
    }
    let is_of_kind = of_question >= MIN_QUESTION_OF_KIND
        && question.expected != AnswerKind::Anything
        && question.expected != AnswerKind::Definition
        && question.expected.is_met(question, items.side()) == Some(true);
    is_of_kind || attribute_coverage(question, difference, items) >= MIN_ATTRIBUTE
}

/// The share of the words of the attribute that the question has. Names need not be repeated.
fn attribute_coverage(question: &QuestionTerms, difference: &Difference, items: &Items<'_>) -> f64 {
    let shared = difference.shared.iter().filter(|place| items.is_content(**place));
    let stems = shared.filter_map(|place| Some((*place, items.word(*place)?)));
    let (mut had, mut all, mut any) = (0.0, 0.0, false);
    for (place, word) in stems {
        let is_mentioned = mentions(question, word.stem);
        any |= is_mentioned;
        if word.capital && place > 0 && !is_mentioned {
            continue;
        }
        let weight = f64::from(word.weight);
        all += weight;
        had += if is_mentioned { weight } else { 0.0 };
    }
    if any { had / all } else { 0.0 }
}

fn mentions(question: &QuestionTerms, stem: u32) -> bool {
    question
        .words
        .iter()
        .any(|term| term.stem == stem || term.synonyms.contains(&stem))
}
