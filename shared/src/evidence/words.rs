//! Words as the ledger compares them: where they stand, their stems as small numbers, and what their spelling tells.

mod lists;

use std::ops::Range;

use hashbrown::HashMap;

use lists::{irregular, is_function_word, is_light};

use super::{clash, clash::Effect};
use crate::retrieval::analyzer;

/// Every distinct word that was read, and its stem. Words of one lexicon compare by number.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: Vec<Entry>,
    by_spelling: HashMap<Box<str>, u32>,
    stems: HashMap<Box<str>, u32>,
    /// Numbers of words in lower case, and of what is left of them without a prefix.
    plain: HashMap<Box<str>, u32>,
    /// By these numbers, whether a word that was read is one of them turned round by a prefix.
    is_turned: Vec<bool>,
}

#[derive(Debug, Clone)]
struct Entry {
    folded: Box<str>,
    base: Box<str>,
    stem: u32,
    weight: f32,
    traits: Traits,
}

/// What the rules ask of a word again and again; told once for each distinct word.
#[derive(Debug, Clone)]
struct Traits {
    /// The word in lower case.
    plain: u32,
    /// The same without a prefix that may turn it round.
    roots: Box<[u32]>,
    /// The stems of its opposites.
    opposites: Box<[u32]>,
    effect: Option<Effect>,
}

/// One word where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Word {
    /// Byte offset of the word in its text.
    pub start: usize,
    /// Where it ends, exclusive, in bytes.
    pub end: usize,
    /// The number of its stem in the lexicon.
    pub stem: u32,
    /// What it counts: 0 for a function word, more for a number or a name.
    pub weight: f32,
    /// Whether it begins with a capital letter.
    pub capital: bool,
    entry: u32,
}

/// What a number, or a word that is written with digits, counts.
const NUMBER: f32 = 1.6;
/// What a word counts that says little of its own, such as "use" and "take".
const LIGHT: f32 = 0.35;
/// What any other word counts.
const PLAIN: f32 = 1.0;
/// What a capital letter adds.
const CAPITAL: f32 = 0.3;

impl Lexicon {
    /// The words of a part of a text, in order.
    pub fn read(&mut self, text: &str, part: Range<usize>) -> Vec<Word> {
        let mut words = Vec::with_capacity(part.len() / 6 + 1);
        let mut letters = text[part.clone()].char_indices().peekable();
        while let Some((at, first)) = letters.next() {
            if !first.is_alphanumeric() {
                continue;
            }
            let start = part.start + at;
            let mut end = start + first.len_utf8();
            let mut previous = first;
            if !stands_alone(first) {
                while let Some(&(at, c)) = letters.peek() {
                    let next = || text[part.start + at + c.len_utf8()..part.end].chars().next();
                    let is_inside = c.is_ascii_alphanumeric()
                        || !stands_alone(c) && (goes_on(c) || joins(previous, c, next()));
                    if !is_inside {
                        break;
                    }
                    end = part.start + at + c.len_utf8();
                    previous = c;
                    letters.next();
                }
            }
            words.push(self.word(text, start, end));
        }
        words
    }

    fn word(&mut self, text: &str, start: usize, end: usize) -> Word {
        let spelling = &text[start..end];
        let entry = match self.by_spelling.get(spelling) {
            Some(&entry) => entry,
            None => self.intern(spelling),
        };
        let Entry { stem, weight, .. } = self.entries[entry as usize];
        let capital = spelling.starts_with(char::is_uppercase);
        let raised = if capital && weight >= PLAIN { CAPITAL } else { 0.0 };
        Word {
            start,
            end,
            stem,
            weight: weight + raised,
            capital,
            entry,
        }
    }

    fn intern(&mut self, spelling: &str) -> u32 {
        let folded = analyzer::fold(spelling);
        let bare = folded.strip_suffix("'s").unwrap_or(&folded);
        let stem = match irregular(bare) {
            Some(base) => analyzer::stem(base),
            None => analyzer::stem(bare),
        };
        let weight = if bare.bytes().any(|b| b.is_ascii_digit()) {
            NUMBER
        } else if analyzer::is_stop_word(bare) || is_function_word(bare) {
            0.0
        } else if is_light(&stem) || clash::is_measure(bare) {
            LIGHT
        } else {
            PLAIN
        };
        let traits = Traits {
            plain: number(&mut self.plain, bare),
            roots: clash::roots(bare)
                .map(|root| number(&mut self.plain, root))
                .collect(),
            opposites: clash::opposites(&stem)
                .iter()
                .map(|opposite| number(&mut self.stems, opposite))
                .collect(),
            effect: clash::effect(&stem),
        };
        let entry = Entry {
            folded: bare.into(),
            base: stem.as_ref().into(),
            stem: number(&mut self.stems, &stem),
            weight,
            traits,
        };
        self.is_turned.resize(self.plain.len(), false);
        for root in &entry.traits.roots {
            self.is_turned[*root as usize] = true;
        }
        let number = self.entries.len() as u32;
        self.entries.push(entry);
        self.by_spelling.insert(spelling.into(), number);
        number
    }

    /// A word in lower case, without a possessive ending.
    pub fn folded(&self, word: &Word) -> &str {
        &self.entries[word.entry as usize].folded
    }

    /// The stem of a word, in letters.
    pub fn base(&self, word: &Word) -> &str {
        &self.entries[word.entry as usize].base
    }

    /// Whether one word is the other's opposite: by a list of pairs, or by a prefix that turns it round.
    pub fn are_opposites(&self, one: &Word, other: &Word) -> bool {
        let (own, theirs) = (
            &self.entries[one.entry as usize].traits,
            &self.entries[other.entry as usize].traits,
        );
        own.opposites.contains(&other.stem)
            || own.roots.contains(&theirs.plain)
            || theirs.roots.contains(&own.plain)
    }

    /// Whether any word that was read may be its opposite: few have one.
    pub fn may_have_opposites(&self, word: &Word) -> bool {
        let traits = &self.entries[word.entry as usize].traits;
        !traits.opposites.is_empty() || !traits.roots.is_empty() || self.is_turned[traits.plain as usize]
    }

    /// Whether a word raises or lowers something, or is what many things have.
    pub fn effect(&self, word: &Word) -> Option<Effect> {
        self.entries[word.entry as usize].traits.effect
    }

    /// How many stems there are: each is a number below it.
    pub fn stems(&self) -> usize {
        self.stems.len()
    }
}

/// The number of a text, the next one where it has none yet.
fn number(numbers: &mut HashMap<Box<str>, u32>, text: &str) -> u32 {
    if let Some(&number) = numbers.get(text) {
        return number;
    }
    let next = numbers.len() as u32;
    numbers.insert(text.into(), next);
    next
}

impl Word {
    /// Whether it tells something of its own.
    pub fn is_content(&self) -> bool {
        self.weight > 0.0
    }

    /// The word as it is written.
    pub fn of<'text>(&self, text: &'text str) -> &'text str {
        &text[self.start..self.end]
    }
}

/// Ideographs and kana are written without spaces: each counts as a word.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || matches!(c, '\u{300}'..='\u{36F}')
}

/// Whether a sign between two characters is inside a word: `1,024`, `3.5`, `don't`, `U.S`.
fn joins(previous: char, sign: char, next: Option<char>) -> bool {
    let Some(next) = next else { return false };
    match sign {
        ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
        // A sentence may begin without a space: "the league.Its teams".
        '.' if previous.is_lowercase() && next.is_uppercase() => false,
        '.' | ':' => previous.is_alphanumeric() && next.is_alphanumeric() && !stands_alone(next),
        '\'' | '\u{2019}' => previous.is_alphabetic() && next.is_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Vec<&str> {
        let words = Lexicon::default().read(text, 0..text.len());
        words.iter().map(|word| word.of(text)).collect()
    }

    #[test]
    fn words_are_cut_as_people_read_them() {
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
    fn function_words_tell_nothing_and_numbers_tell_most() {
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
