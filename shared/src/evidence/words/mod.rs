//! Word tokenizer and lexicon: interned stems, weights, and features read from the spelling.

mod antonyms;
mod boundaries;
pub(crate) mod calendar;
mod class;
pub(crate) mod effects;
mod lemma;
mod lists;
pub(crate) mod negation;
pub(crate) mod numbers;
mod spelling;

use std::ops::Range;

use string_interner::{DefaultBackend, StringInterner, Symbol, symbol::SymbolU32};

use boundaries::{end_of_word, is_single_character_word};
pub use class::{Class, Narrowing, is_factive, is_privative, is_reporting};
use lists::{irregular, is_function_word, is_light};
pub use spelling::Spelling;

use rust_stemmers::Stemmer;

use super::languages::Language;
use crate::retrieval::analyzer;

/// Interned strings, in one allocation: most words have been read before.
type Texts = StringInterner<DefaultBackend>;

/// Interner of words and stems. Words of one lexicon are compared by the numbers of their stems.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// The language of the words read from now on; `None` for English.
    language: Option<&'static Language>,
    /// The number of entries of words read before the language was set.
    earlier: usize,
    /// The features of each spelling, by its number.
    entries: Vec<Entry>,
    spellings: Texts,
    stems: Texts,
    lemmas: Texts,
    /// Words in lower case, and what is left of them without a negating prefix.
    folded: Texts,
    /// By the numbers of `folded`, the stems of the word and of its negated forms.
    forms: Vec<Forms>,
}

/// The features of one spelling, computed once.
#[derive(Debug, Clone)]
struct Entry {
    stem: SymbolU32,
    /// The word in lower case, without a possessive ending.
    folded: SymbolU32,
    /// The word as [`lemma::lemma`] writes it.
    lemma: SymbolU32,
    class: Class,
    weight: f32,
    spelling: Spelling,
    /// `folded` without each negating prefix that it may have.
    roots: Box<[SymbolU32]>,
    /// The stems of its antonyms.
    antonyms: Box<[SymbolU32]>,
}

/// The stems of a folded word, as far as it was read.
#[derive(Debug, Clone, Default)]
struct Forms {
    stem: Option<SymbolU32>,
    /// The stems of the words that are this one with a negating prefix.
    negated: Vec<SymbolU32>,
}

/// One occurrence of a word in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Word {
    /// Byte offset of the word in its text.
    pub start: usize,
    /// Byte offset of its end, exclusive.
    pub end: usize,
    /// The number of its stem in the lexicon.
    pub stem: u32,
    /// Its weight: 0 for a function word, highest for a number or a name.
    pub weight: f32,
    /// Whether it begins with a capital letter.
    pub capital: bool,
    entry: u32,
}

/// The weight of a word with digits.
const NUMBER: f32 = 1.6;
/// The weight of a light word, such as "use" or "take", or of a unit, number word or month.
const LIGHT: f32 = 0.35;
/// The weight of any other content word.
const PLAIN: f32 = 1.0;
/// What a capital letter adds to a weight of at least [`PLAIN`].
const CAPITAL: f32 = 0.3;

/// Bytes of text per distinct word, to estimate the capacity.
const BYTES_PER_WORD: usize = 32;

impl Lexicon {
    /// Creates a lexicon with capacity for the words of this many bytes of text.
    pub fn with_capacity_for(bytes: usize) -> Self {
        let words = bytes / BYTES_PER_WORD;
        Self {
            language: None,
            earlier: 0,
            entries: Vec::with_capacity(words),
            spellings: Texts::with_capacity(words),
            stems: Texts::with_capacity(words),
            lemmas: Texts::with_capacity(words),
            folded: Texts::with_capacity(words),
            forms: Vec::with_capacity(words),
        }
    }

    /// Sets the language whose stems and function words the words read from now on have. The first language stays: words
    /// are compared by stems, and passages are read after the question that they answer.
    pub(crate) fn set_language(&mut self, language: Option<&'static Language>) {
        if self.language.is_none() && language.is_some() {
            self.language = language;
            self.earlier = self.entries.len();
            self.spellings = Texts::default();
        }
    }

    /// Reads the words of a part of a text, in order.
    pub fn read(&mut self, text: &str, part: Range<usize>) -> Vec<Word> {
        let mut words = Vec::with_capacity(part.len() / 6 + 1);
        let text = &text[..part.end];
        let mut at = part.start;
        while let Some(first) = text[at..].chars().next() {
            let start = at;
            at += first.len_utf8();
            if first.is_alphanumeric() {
                if !is_single_character_word(first) {
                    at = end_of_word(text, at);
                    // Underscores at the end mark emphasis.
                    at = start + text[start..at].trim_end_matches('_').len();
                }
                words.push(self.word(text, start, at));
            }
        }
        words
    }

    fn word(&mut self, text: &str, start: usize, end: usize) -> Word {
        let spelling = &text[start..end];
        let entry = self.earlier + self.spellings.get_or_intern(spelling).to_usize();
        if entry == self.entries.len() {
            let new = self.entry(spelling);
            self.entries.push(new);
        }
        let Entry { stem, weight, .. } = self.entries[entry];
        let bare = self
            .language
            .map_or(spelling, |language| language.without_elision(spelling));
        let capital = bare.starts_with(char::is_uppercase);
        let raised = if capital && weight >= PLAIN { CAPITAL } else { 0.0 };
        Word {
            start,
            end,
            stem: stem.to_usize() as u32,
            weight: weight + raised,
            capital,
            entry: entry as u32,
        }
    }

    fn entry(&mut self, spelling: &str) -> Entry {
        let folded = analyzer::fold(spelling);
        let bare = match self.language {
            Some(language) => language.without_elision(&folded),
            None => folded.strip_suffix("'s").unwrap_or(&folded),
        };
        let base = lemma::spelling(irregular(bare).unwrap_or(bare));
        let stem = match self.language {
            Some(language) => foreign_stem(language, spelling, bare).into(),
            None => analyzer::stem(&base),
        };
        let weight = if let Some(language) = self.language {
            foreign_weight(language, bare)
        } else if bare.bytes().any(|b| b.is_ascii_digit()) {
            NUMBER
        } else if analyzer::is_stop_word(bare) || is_function_word(bare) {
            0.0
        } else if is_light(&stem) || is_measure(bare) {
            LIGHT
        } else {
            PLAIN
        };
        let entry = Entry {
            stem: self.stems.get_or_intern(&stem),
            folded: self.folded.get_or_intern(bare),
            lemma: self.lemmas.get_or_intern(lemma::lemma(bare)),
            class: Class::of(bare),
            weight,
            spelling: Spelling::new(spelling, bare, &stem),
            roots: antonyms::roots(bare)
                .map(|root| self.folded.get_or_intern(root))
                .collect(),
            antonyms: antonyms::antonyms(&stem)
                .iter()
                .map(|antonym| self.stems.get_or_intern(antonym))
                .collect(),
        };
        self.forms.resize_with(self.folded.len(), Forms::default);
        self.forms[entry.folded.to_usize()].stem = Some(entry.stem);
        for root in &entry.roots {
            self.forms[root.to_usize()].negated.push(entry.stem);
        }
        entry
    }

    fn entry_of(&self, word: &Word) -> &Entry {
        &self.entries[word.entry as usize]
    }

    /// A word in lower case, without a possessive ending.
    pub fn folded(&self, word: &Word) -> &str {
        self.folded
            .resolve(self.entry_of(word).folded)
            .unwrap_or_default()
    }

    /// The stem of a word, as text.
    pub fn base(&self, word: &Word) -> &str {
        self.stems.resolve(self.entry_of(word).stem).unwrap_or_default()
    }

    /// Whether two words are antonyms: by a list of pairs, or by a negating prefix.
    pub fn are_antonyms(&self, one: &Word, other: &Word) -> bool {
        let (one, other) = (self.entry_of(one), self.entry_of(other));
        one.antonyms.contains(&other.stem)
            || one.roots.contains(&other.folded)
            || other.roots.contains(&one.folded)
    }

    /// The stems of a word's antonyms among the words read, usually none. Some may belong to words that are no
    /// antonyms.
    pub fn antonyms(&self, word: &Word) -> impl Iterator<Item = u32> {
        let entry = self.entry_of(word);
        let roots = entry
            .roots
            .iter()
            .filter_map(|root| self.forms[root.to_usize()].stem);
        let negated = &self.forms[entry.folded.to_usize()].negated;
        let stems = entry.antonyms.iter().chain(negated).copied().chain(roots);
        stems.map(|stem| stem.to_usize() as u32)
    }

    /// The class of a word.
    pub fn class(&self, word: &Word) -> Class {
        self.entry_of(word).class
    }

    /// Whether two words are the same word, apart from case, accents, spelling and inflection.
    pub fn is_same(&self, one: &Word, other: &Word) -> bool {
        let (one, other) = (self.entry_of(one), self.entry_of(other));
        one.lemma == other.lemma
            || one.stem == other.stem && lemma::is_inflection(self.lemma_of(one), self.lemma_of(other))
    }

    /// The lemma of a word, as text.
    pub fn lemma(&self, word: &Word) -> &str {
        self.lemma_of(self.entry_of(word))
    }

    fn lemma_of(&self, entry: &Entry) -> &str {
        self.lemmas.resolve(entry.lemma).unwrap_or_default()
    }

    /// The features of a word that the rules read.
    pub fn spelling(&self, word: &Word) -> Spelling {
        self.entry_of(word).spelling
    }

    /// The number of stems; each stem is a number below it.
    pub fn stems(&self) -> usize {
        self.stems.len()
    }
}

impl Word {
    /// Whether it is a content word: its weight is above 0.
    pub fn is_content(&self) -> bool {
        self.weight > 0.0
    }

    /// The word as it is written.
    pub fn as_written<'text>(&self, text: &'text str) -> &'text str {
        &text[self.start..self.end]
    }
}

/// The stem of a folded word of another language, without accents. Nouns keep a prefix that participles have.
fn foreign_stem(language: &Language, spelling: &str, folded: &str) -> String {
    let is_noun = spelling.starts_with(char::is_uppercase);
    let word = if is_noun {
        folded
    } else {
        language.without_participle(folded)
    };
    match language.stemmer {
        Some(algorithm) => lemma::without_accents(&Stemmer::create(algorithm).stem(word)),
        None => word.to_owned(),
    }
}

/// The weight of a folded word of another language.
fn foreign_weight(language: &Language, word: &str) -> f32 {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        NUMBER
    } else if language.is_function_word(word) {
        0.0
    } else if language.is_light_word(word) {
        LIGHT
    } else {
        PLAIN
    }
}

/// Whether a folded word is a unit, a number or a month: the rules compare those in any written form.
fn is_measure(word: &str) -> bool {
    numbers::is_unit(word) || numbers::is_number_word(word) || calendar::is_month(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Vec<&str> {
        let words = Lexicon::default().read(text, 0..text.len());
        words.iter().map(|word| word.as_written(text)).collect()
    }

    #[test]
    fn words_keep_numbers_and_apostrophes_whole() {
        assert_eq!(
            spelled("It's 1,024.5 KB (90ms) in us-east-1, v2.1. 漢字 naïve_x"),
            [
                "It's", "1,024.5", "KB", "90ms", "in", "us", "east", "1", "v2.1", "漢", "字", "naïve_x"
            ]
        );
        assert_eq!(spelled("a,b 1,2 . c"), ["a", "b", "1,2", "c"]);
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let mut lexicon = Lexicon::default();
        let mut stems = |text: &str| -> Vec<u32> {
            let words = lexicon.read(text, 0..text.len());
            words.into_iter().map(|word| word.stem).collect()
        };
        assert_eq!(stems("began starts Ada's"), stems("beginning starting Ada"));
        assert_ne!(stems("cold"), stems("warm"));
    }

    #[test]
    fn function_words_weigh_nothing_and_numbers_most() {
        let text = "The lamp of 1854";
        let words = Lexicon::default().read(text, 0..text.len());
        let weights: Vec<f32> = words.iter().map(|word| word.weight).collect();
        assert_eq!(weights, [0.0, 1.0, 0.0, NUMBER]);
    }

    proptest::proptest! {
        #[test]
        fn words_of_any_text_are_in_order_and_on_character_boundaries(text in "(\\PC|[a-z0-9.,:' ]){0,120}") {
            let mut end = 0;
            for word in Lexicon::default().read(&text, 0..text.len()) {
                proptest::prop_assert!(word.start >= end && word.end > word.start);
                proptest::prop_assert!(text.get(word.start..word.end).is_some());
                end = word.end;
            }
        }
    }
}
