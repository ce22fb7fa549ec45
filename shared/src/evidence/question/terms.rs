//! The terms of a question, with the weight of each, and the kind of answer it expects.

use std::collections::{BTreeMap, HashSet};

use super::{answer_kind::AnswerKind, forms, synonyms};
use crate::{
    evidence::{
        languages::{self, Language, Script},
        words::{Lexicon, Word},
    },
    retrieval::analyzer,
};

/// Minimum lexicon weight of a term, even of a light word: the question asks for it.
const MIN_WEIGHT: f64 = 0.6;
/// The credit for a synonym in place of a term.
const SYNONYM_CREDIT: f64 = 0.8;

/// Minimum lexicon weight of a word that is not light.
const PLAIN_WEIGHT: f32 = 1.0;

/// A content word of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionTerm {
    /// The word as it is written.
    pub text: String,
    /// Its stem in the lexicon.
    pub stem: u32,
    /// Its weight: its rarity in the library times its weight in the lexicon.
    pub weight: f64,
    /// The stems of words that may replace it in an answer.
    pub synonyms: Vec<u32>,
    /// What it says about the subject.
    pub kind: TermKind,
}

/// What a term says about the subject of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// Little: how or how much.
    Light,
    /// The subject itself.
    Plain,
    /// Which one: a name.
    Name,
    /// Which one: a number, a year or an ordinal.
    Number,
}

/// A parsed question: its terms and the kind of answer it expects.
#[derive(Debug, Clone)]
pub struct QuestionTerms {
    /// Its content words, each once, in order.
    pub words: Vec<QuestionTerm>,
    /// The kind of answer that it expects.
    pub expected: AnswerKind,
    /// The language of the question; `None` for English.
    pub(super) language: Option<&'static Language>,
    /// The stems of what is counted, if it asks "how many".
    pub(super) counted: Vec<u32>,
}

impl QuestionTerms {
    /// Parses a question, before the texts that it is compared with are read: they are read in its language. `weights` has the weight of each index term in the library; without any, all weigh the same.
    pub fn read(lexicon: &mut Lexicon, question: &str, weights: &BTreeMap<String, f64>) -> Self {
        let language = languages::detect(question);
        lexicon.set_language(language);
        let read = lexicon.read(question, 0..question.len());
        let (expected, form) = forms::detect(language, question, &read, lexicon);
        let usual = match weights.len() {
            0 => 1.0,
            count => weights.values().sum::<f64>() / count as f64,
        };
        let mut seen = HashSet::new();
        let mut words = Vec::new();
        let mut counted = Vec::new();
        for (place, word) in read.iter().enumerate() {
            let is_of_form = form.words.contains(&place);
            if !word.is_content() || form.is_excluded && is_of_form || !seen.insert(word.stem) {
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
            let synonyms = match language {
                Some(_) => Vec::new(),
                None => synonyms::synonyms(lexicon, &base),
            };
            if expected == AnswerKind::Count && counted.is_empty() && place >= form.words.end {
                counted = [&[word.stem], synonyms.as_slice()].concat();
            }
            let folded = lexicon.folded(word);
            let kind = if text.contains(|c: char| c.is_ascii_digit()) || is_ordinal(folded) {
                TermKind::Number
            } else if is_name(language, &read, place) {
                TermKind::Name
            } else if word.weight >= PLAIN_WEIGHT && is_topical(folded) && !is_of_form {
                TermKind::Plain
            } else {
                TermKind::Light
            };
            words.push(QuestionTerm {
                synonyms,
                text: language
                    .map_or(text, |language| language.without_elision(text))
                    .to_owned(),
                stem: word.stem,
                weight: rarity.unwrap_or(usual) * f64::from(word.weight).max(MIN_WEIGHT),
                kind,
            });
        }
        Self {
            words,
            expected,
            language,
            counted,
        }
    }

    /// The share of the question's weight, 0 to 1, whose words are there; 0 when it has no content word.
    pub fn coverage(&self, is_there: impl Fn(u32) -> bool) -> f64 {
        self.coverage_of(|_| true, is_there).unwrap_or_default()
    }

    /// The coverage of the selected terms only; `None` when none is selected.
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

    /// Whether a word is one of the question's terms.
    pub fn has(&self, word: &Word) -> bool {
        self.words.iter().any(|term| term.stem == word.stem)
    }
}

impl QuestionTerm {
    /// The credit for the term, 0 to 1: 1 if it is there, less if only a synonym is, else 0.
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

/// Whether the word at a place of a question is a name. German writes all nouns with a capital letter: there, two in a row
/// are a name.
fn is_name(language: Option<&Language>, words: &[Word], place: usize) -> bool {
    let is_capital = |place: usize| {
        words
            .get(place)
            .is_some_and(|word| word.capital && word.is_content())
    };
    let is_noun_language = language.is_some_and(|language| language.script == Script::Nouns);
    let has_neighbour = || place > 1 && is_capital(place - 1) || is_capital(place + 1);
    words[place].capital && place > 0 && (!is_noun_language || has_neighbour())
}

/// Whether a word can be a subject: adverbs and fragments of split words cannot.
fn is_topical(folded: &str) -> bool {
    folded.len() > 2 && !folded.ends_with("ly")
}

/// Whether a word is an ordinal, which identifies a thing as numbers do. "First" is left out because it is too common.
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
