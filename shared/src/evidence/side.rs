//! One side of a comparison: a claim, or a span of a source.

use super::words::{Lexicon, Spelling, Word};

/// One side of a comparison: the words of a claim, or of a span of a source.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The whole text that the words are in.
    pub text: &'a str,
    /// The words of this side, in order.
    pub words: &'a [Word],
    /// Where the words are interned; both sides share one.
    pub lexicon: &'a Lexicon,
}

impl<'a> Side<'a> {
    /// The word at a place, in lower case; empty beyond the end.
    pub(super) fn folded(&self, place: usize) -> &'a str {
        self.words.get(place).map_or("", |word| self.lexicon.folded(word))
    }

    /// The features of the word at a place; the defaults beyond the end.
    pub(super) fn spelling(&self, place: usize) -> Spelling {
        let word = self.words.get(place);
        word.map_or_else(Spelling::default, |word| self.lexicon.spelling(word))
    }

    /// The text between a word and the next one.
    pub(super) fn gap(&self, place: usize) -> &'a str {
        match (self.words.get(place), self.words.get(place + 1)) {
            (Some(word), Some(next)) => self.text.get(word.end..next.start).unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether a clause ends after a word.
    pub(super) fn clause_ends(&self, place: usize) -> bool {
        place + 1 >= self.words.len()
            || self.gap(place).contains([
                ',', ';', ':', '.', '!', '?', '(', ')', '\u{2013}', '\u{2014}', '。', '，',
            ])
    }

    /// Whether a word has this stem.
    pub(super) fn has(&self, stem: u32) -> bool {
        self.words.iter().any(|word| word.stem == stem)
    }

    /// The words from one place to another as they are written, on one line.
    pub(super) fn shown(&self, from: usize, to: usize) -> String {
        let (Some(first), Some(last)) = (self.words.get(from), self.words.get(to)) else {
            return String::new();
        };
        let text = self.text.get(first.start..last.end).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
