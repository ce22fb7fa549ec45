//! Sentence splitter for Markdown and plain text, with byte offsets: `boundaries` cuts each block of prose. Headings,
//! code, tables and HTML are not sentences.

mod abbreviations;
mod boundaries;
#[cfg(test)]
mod cases;
mod full_stop;

use std::{borrow::Cow, ops::Range};

use boundaries::pieces;

use crate::markup::Outline;

/// Maximum depth of nested atoms that is checked.
const MAX_NESTING: usize = 8;

/// The sentences of Markdown as byte ranges, in order. Plain text is read as Markdown without markup.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let outline = Outline::read(text);
    let leaves = outline.leaves.iter().filter(|leaf| leaf.is_prose());
    leaves
        .flat_map(|leaf| split(&outline.masked, leaf.range.clone(), &outline.atoms))
        .collect()
}

/// The sentences of a block of prose. None ends inside one of the `atoms`, which are sorted by start.
pub(crate) fn split(text: &str, block: Range<usize>, atoms: &[Range<usize>]) -> Vec<Range<usize>> {
    let paragraph = &text[block.clone()];
    let visible = Visible::of(paragraph);
    let at = |place: usize| block.start + visible.offset(place);
    pieces(&visible.text, |place| is_inside(atoms, at(place)))
        .into_iter()
        .filter_map(|piece| trim(text, at(piece.start)..at(piece.end)))
        .collect()
}

/// A text without its hidden characters.
struct Visible<'a> {
    text: Cow<'a, str>,
    /// The places in `text` before which characters are left out, with the bytes left out so far.
    hidden: Vec<(usize, usize)>,
}

impl<'a> Visible<'a> {
    fn of(text: &'a str) -> Self {
        let mut hidden: Vec<(usize, usize)> = Vec::new();
        if text.is_ascii() || !text.contains(is_hidden) {
            return Self {
                text: text.into(),
                hidden,
            };
        }
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            if is_hidden(c) {
                let bytes = hidden.last().map_or(0, |(_, bytes)| *bytes) + c.len_utf8();
                hidden.push((shown.len(), bytes));
            } else {
                shown.push(c);
            }
        }
        Self {
            text: shown.into(),
            hidden,
        }
    }

    /// The offset in the whole text of a place in the visible text.
    fn offset(&self, place: usize) -> usize {
        let before = self.hidden.partition_point(|(at, _)| *at < place);
        place + before.checked_sub(1).map_or(0, |last| self.hidden[last].1)
    }
}

/// Whether a character is not shown and separates nothing: soft hyphens, zero-width characters and marks of direction.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{1f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a place is inside one of the ranges, which are sorted by start. A nested one begins later and ends earlier.
fn is_inside(atoms: &[Range<usize>], place: usize) -> bool {
    let before = atoms.partition_point(|atom| atom.start < place);
    atoms[..before]
        .iter()
        .rev()
        .take(MAX_NESTING)
        .any(|atom| place < atom.end)
}

/// A range without white space at its ends; `None` if nothing is left.
fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let sentence = &text[range.clone()];
    let start = range.start + sentence.len() - sentence.trim_start().len();
    let trimmed = sentence.trim();
    (!trimmed.is_empty()).then(|| start..start + trimmed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_numbers_and_names_do_not_end_a_sentence() {
        assert_eq!(
            texts("Dr. Ada Byrne wrote it. It cost 3.5 U.S. dollars, e.g. for tea. See No. 5 or J. Smith."),
            [
                "Dr. Ada Byrne wrote it.",
                "It cost 3.5 U.S. dollars, e.g. for tea.",
                "See No. 5 or J. Smith."
            ]
        );
    }

    #[test]
    fn headings_code_and_tables_are_left_out_and_list_items_are_kept_apart() {
        let text = "# Title\n\nOne line\nand its end. Two!\n\n```rust\nlet x = 1. ;\n```\n\n- first **bold** item\n- second\n\n| a | b |\n|---|---|\n| c | d |\n";
        assert_eq!(
            texts(text),
            ["One line\nand its end.", "Two!", "first **bold** item", "second"]
        );
    }

    #[test]
    fn links_images_and_code_are_not_split() {
        for sentence in [
            "See [what? and why!](https://a.example/?q=1&b=2.c) here.",
            "It is lit ![Now. x](https://a.example/?q=1) at night.",
            "Call `a! b? c.` first.",
        ] {
            assert_eq!(texts(&format!("{sentence} Then rest.")), [sentence, "Then rest."]);
        }
    }

    #[test]
    fn other_scripts_have_sentences_too() {
        assert_eq!(
            texts("これは文です。もう一つ。"),
            ["これは文です。", "もう一つ。"]
        );
    }

    proptest::proptest! {
        #[test]
        fn sentences_are_in_order_and_on_character_boundaries(text in "(\\PC|[\n.!?#*`>| -]){0,300}") {
            let mut end = 0;
            for range in sentences(&text) {
                proptest::prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                proptest::prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                end = range.end;
            }
        }
    }
}
