//! The terms of a question, with the weight of each, and the kind of answer it expects.

use std::collections::{BTreeMap, HashSet};

use super::{answer_kind::AnswerKind, synonyms};
use crate::{
    evidence::words::{Lexicon, Word},
    retrieval::analyzer,
};

/// What a word counts at least, even one that says little: it was asked for.
const MIN_WEIGHT: f64 = 0.6;
/// What a word that stands for another counts.
const SYNONYM_CREDIT: f64 = 0.8;

/// From this weight in the lexicon on, a word is not a light one.
const PLAIN_WEIGHT: f32 = 1.0;

/// A word that the question turns on.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionTerm {
    /// The word as it is written.
    pub text: String,
    /// Its stem in the lexicon.
    pub stem: u32,
    /// What it counts: its rarity in the library by what its spelling tells.
    pub weight: f64,
    /// Stems of words that stand for it in an answer.
    pub synonyms: Vec<u32>,
    /// What it tells of its subject.
    pub kind: TermKind,
}

/// What a word tells of the subject of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// Little: how or how much.
    Light,
    /// What it is about.
    Plain,
    /// Which one: it is written as a name.
    Name,
    /// Which one: a number, a year or an ordinal.
    Number,
}

/// What a question asks for.
#[derive(Debug, Clone)]
pub struct QuestionTerms {
    /// Its content_words words, each once, in order.
    pub words: Vec<QuestionTerm>,
    /// The kind of answer.
    pub expected: AnswerKind,
    /// The stems of what is counted, where it asks how many there are.
    pub(super) counted: Vec<u32>,
}

impl QuestionTerms {
    /// Reads a question. `weights` tells how much each of its terms counts in the library; without any, all count the same.
    pub fn read(lexicon: &mut Lexicon, question: &str, weights: &BTreeMap<String, f64>) -> Self {
        let read = lexicon.read(question, 0..question.len());
        let (expected, form) = AnswerKind::detect(&read, lexicon);
        let usual = match weights.len() {
            0 => 1.0,
            count => weights.values().sum::<f64>() / count as f64,
        };
        let mut seen = HashSet::new();
        let mut words = Vec::new();
        let mut counted = Vec::new();
        for (place, word) in read.iter().enumerate() {
            let is_of_form = form.words.contains(&place);
            if !word.is_content() || form.is_spent && is_of_form || !seen.insert(word.stem) {
                continue;
            }
            let text = word.as_written(question);
            let rarity = analyzer::distinct(text)
                .iter()
                .filter_map(|term| weights.get(term))
                .fold(None, |most: Option<f64>, weight| {
                    Some(most.unwrap_or(0.0).max(*weight))
                });
            let base = lexicon.base(word).to_owned();
            let synonyms = synonyms::synonyms(lexicon, &base);
            if expected == AnswerKind::Count && counted.is_empty() && place >= form.words.end {
                counted = [&[word.stem], synonyms.as_slice()].concat();
            }
            let folded = lexicon.folded(word);
            let kind = if text.contains(|c: char| c.is_ascii_digit()) || is_ordinal(folded) {
                TermKind::Number
            } else if word.capital && place > 0 {
                TermKind::Name
            } else if word.weight >= PLAIN_WEIGHT && is_topical(folded) && !is_of_form {
                TermKind::Plain
            } else {
                TermKind::Light
            };
            words.push(QuestionTerm {
                synonyms,
                text: text.to_owned(),
                stem: word.stem,
                weight: rarity.unwrap_or(usual) * f64::from(word.weight).max(MIN_WEIGHT),
                kind,
            });
        }
        Self {
            words,
            expected,
            counted,
        }
    }

    /// The share of the question's weight, 0 to 1, whose words are there; 0 when it has no content_words word.
    pub fn coverage(&self, is_there: impl Fn(u32) -> bool) -> f64 {
        self.coverage_of(|_| true, is_there).unwrap_or_default()
    }

    /// The same of some of its words; `None` when there are none of these.
    pub fn coverage_of(
        &self,
        which: impl Fn(&QuestionTerm) -> bool,
        is_there: impl Fn(u32) -> bool,
    ) -> Option<f64> {
        let (mut there, mut total) = (0.0, 0.0);
        for word in self.words.iter().filter(|word| which(word)) {
            there += word.weight * word.found(&is_there);
            total += word.weight;
        }
        (total > 0.0).then(|| there / total)
    }

    /// Whether a word is one of the question's.
    pub fn has(&self, word: &Word) -> bool {
        self.words.iter().any(|term| term.stem == word.stem)
    }
}

impl QuestionTerm {
    /// How far the word is there, 0 to 1.
    pub fn found(&self, is_there: impl Fn(u32) -> bool) -> f64 {
        if is_there(self.stem) {
            1.0
        } else if self.synonyms.iter().any(|stem| is_there(*stem)) {
            SYNONYM_CREDIT
        } else {
            0.0
        }
    }
}

/// Whether a plain word is about a thing and not about its manner: adverbs and remains of cut words are not.
fn is_topical(folded: &str) -> bool {
    folded.len() > 2 && !folded.ends_with("ly")
}

/// Ordinals tell one from another, as numbers do. "First" is left out: it is said of much.
fn is_ordinal(folded: &str) -> bool {
    matches!(
        folded,
        "second"
            | "third"
            | "fourth"
            | "fifth"
            | "sixth"
            | "seventh"
            | "eighth"
            | "ninth"
            | "tenth"
            | "eleventh"
            | "twelfth"
    )
}
