//! What is known of a language. Lists of words are in lower case, between spaces.

use rust_stemmers::Algorithm;

/// What is known of a language.
#[derive(Debug)]
pub(crate) struct Language {
    /// Its name in English.
    pub(crate) name: &'static str,
    /// The Snowball stemmer; `None` for a language without inflected stems.
    pub(crate) stemmer: Option<Algorithm>,
    /// The prefix of participles, which their stems go without: "gebaut" is a form of "baute". Empty if there is none.
    pub(crate) participle: &'static str,
    /// How it is written.
    pub(crate) script: Script,
    /// Words that say nothing about the subject, also those that ask.
    pub(crate) function_words: &'static str,
    /// Words that say little about the subject: "call", "begin".
    pub(crate) light_words: &'static str,
    /// Forms of questions with what each asks for; the longest form in a question decides.
    pub(crate) forms: &'static [(Asked, &'static [&'static str])],
    /// Words that ask for money in any form of a question that leaves the kind open.
    pub(crate) prices: &'static str,
    /// Prepositions before a place.
    pub(crate) places: &'static str,
    /// Prepositions right before a place that make a name no person.
    pub(crate) inside: &'static str,
    /// Prepositions that continue a subject: "the height of".
    pub(crate) joining: &'static str,
    /// Words that date something: months, weekdays, "century".
    pub(crate) dates: &'static str,
    /// Numbers in letters, from two.
    pub(crate) numbers: &'static str,
    /// Units of time. In a language of characters, these and the next two are beginnings of the text.
    pub(crate) times: &'static str,
    /// Currencies.
    pub(crate) currencies: &'static str,
    /// Words that give a reason.
    pub(crate) reasons: &'static str,
    /// Verbs that say what something is.
    pub(crate) defining: &'static str,
    /// Words before the name of a person: prepositions of an agent and titles.
    pub(crate) before_person: &'static str,
    /// Common family names, in a language without capital letters.
    pub(crate) family_names: &'static str,
}

/// How a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// With capital letters for names.
    Names,
    /// With capital letters for names, and apostrophes between words: "l'an".
    Elided,
    /// With capital letters for all nouns.
    Nouns,
    /// Without spaces: each character is a word.
    Characters,
}

/// What a form of question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Who,
    Where,
    When,
    Year,
    HowMany,
    HowLong,
    Price,
    HowMuch,
    Why,
    WhatIs,
}

/// Whether a list has a word.
pub(crate) fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Minimum length of a participle without its prefix, in bytes.
const MIN_PARTICIPLE: usize = 4;
/// Maximum length of an elided word: "dell'", "quest'".
const MAX_ELIDED: usize = 5;

impl Language {
    /// A word without the elided one before it: "an" of "l'an".
    pub(crate) fn without_elision<'a>(&self, word: &'a str) -> &'a str {
        let parts = word
            .split_once(['\'', '’'])
            .filter(|_| self.script == Script::Elided);
        match parts {
            Some((head, rest)) if head.chars().count() <= MAX_ELIDED && !rest.is_empty() => rest,
            _ => word,
        }
    }

    /// A word in lower case without the prefix of a participle.
    pub(crate) fn without_participle<'a>(&self, word: &'a str) -> &'a str {
        let rest = word
            .strip_prefix(self.participle)
            .filter(|_| !self.participle.is_empty());
        rest.filter(|rest| rest.len() >= MIN_PARTICIPLE && rest.ends_with(['t', 'd']))
            .unwrap_or(word)
    }

    /// The words of a form.
    pub(crate) fn words_of<'a>(&self, form: &'a str) -> Vec<&'a str> {
        if self.script == Script::Characters {
            form.char_indices()
                .map(|(at, c)| &form[at..at + c.len_utf8()])
                .collect()
        } else {
            form.split(' ').collect()
        }
    }

    /// Whether a folded word is one of those that many questions in the language have.
    pub(crate) fn is_common(&self, word: &str) -> bool {
        [self.function_words, self.light_words, self.prices]
            .iter()
            .any(|list| has(list, word))
    }

    /// Whether a question may ask with a folded word first.
    pub(crate) fn asks_with(&self, word: &str) -> bool {
        let is_preposition = has(self.places, word) || has(self.joining, word);
        let mut asking = self.forms.iter().filter(|(asked, _)| *asked != Asked::Price);
        let begins = |form: &str| form.split(' ').next() == Some(word);
        !is_preposition && asking.any(|(_, forms)| forms.iter().any(|form| begins(form)))
    }

    /// Whether a folded word says nothing about a subject.
    pub(crate) fn is_function_word(&self, word: &str) -> bool {
        has(self.function_words, word) || self.name == "Japanese" && word.chars().all(is_hiragana)
    }

    /// Whether a folded word says little about a subject: light words, months, numbers and units.
    pub(crate) fn is_light_word(&self, word: &str) -> bool {
        let is_measure = || {
            [self.dates, self.numbers, self.times, self.currencies]
                .iter()
                .any(|list| has(list, word))
        };
        has(self.light_words, word) || self.script != Script::Characters && is_measure()
    }
}

/// Hiragana write endings and particles.
fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
}
