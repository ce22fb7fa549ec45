//! Sentence splitter for Markdown and plain text, with byte offsets: Unicode sentence boundaries (UAX #29) inside each
//! block of prose, joined again after abbreviations. Headings, code, tables and HTML are not sentences.

use std::{borrow::Cow, ops::Range};

use memchr::memchr3;
use unicode_segmentation::UnicodeSegmentation;

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
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut continues = false;
    for piece in pieces(&text[block.clone()]) {
        let range = block.start + piece.start..block.start + piece.end;
        match sentences.last_mut() {
            Some(last) if continues => last.end = range.end,
            _ => sentences.push(range.clone()),
        }
        let (piece, next) = (&text[range.clone()], &text[range.end..block.end]);
        continues = ends_in_abbreviation(piece.trim_end(), next.trim_start()) || is_inside(atoms, range.end);
    }
    sentences
        .into_iter()
        .filter_map(|range| trim(text, range))
        .collect()
}

/// Splits a paragraph at its sentence boundaries (UAX #29), with a line break as a space. In the standard, a line break
/// ends a paragraph.
fn pieces(paragraph: &str) -> Vec<Range<usize>> {
    match kinds(paragraph) {
        Some(kinds) => fast_pieces(&kinds),
        None => slow_pieces(paragraph),
    }
}

/// Splits any paragraph, by the full Unicode tables.
fn slow_pieces(paragraph: &str) -> Vec<Range<usize>> {
    let line = paragraph.replace(LINE_BREAKS, " ");
    let pieces = line.split_sentence_bound_indices();
    pieces.map(|(at, piece)| at..at + piece.len()).collect()
}

const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// A letter that has no case.
const CASELESS: u8 = 0x80;

/// The paragraph with each character that is not ASCII replaced by one of its kind (UAX #29, table 4), byte for byte,
/// or by [`CASELESS`]. `None` when a character is in none of the ranges below.
fn kinds(paragraph: &str) -> Option<Cow<'_, [u8]>> {
    if paragraph.is_ascii() {
        return Some(paragraph.as_bytes().into());
    }
    let mut kinds: Vec<u8> = Vec::with_capacity(paragraph.len());
    for c in paragraph.chars() {
        let kind = match c {
            '\0'..='\x7f' => c as u8,
            '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{ff21}'..='\u{ff5a}' | 'µ'
                if c.is_lowercase() =>
            {
                b'a'
            }
            '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{ff21}'..='\u{ff5a}' if c.is_uppercase() => {
                b'A'
            }
            '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}' => CASELESS,
            '‘' | '’' | '“' | '”' | '«' | '»' => b'(',
            '–' | '—' => b'-',
            '\u{a0}' => b' ',
            '…' | '•' | '·' | '→' | '×' | '°' | '€' | '£' | '§' | '½' | '−' | '≤' | '≥' | '≈' => {
                b'*'
            }
            // Symbols and emoji, without skin tones.
            '\u{2600}'..='\u{26ff}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f64f}' => b'*',
            // Accents and variation selectors are of the kind of the character before them.
            '\u{300}'..='\u{36f}' | '\u{fe0f}' => *kinds.last().filter(|last| !is_term(**last))?,
            _ => return None,
        };
        kinds.extend(std::iter::repeat_n(kind, c.len_utf8()));
    }
    Some(kinds.into())
}

/// Whether a character may end a sentence.
fn is_term(kind: u8) -> bool {
    matches!(kind, b'.' | b'!' | b'?')
}

/// Splits [`kinds`] by the rules SB6 to SB11, with a line break as a space. The other rules are about characters that
/// do not occur here.
fn fast_pieces(line: &[u8]) -> Vec<Range<usize>> {
    let is_close = |kind: &u8| matches!(kind, b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}');
    let is_space = |kind: &u8| matches!(kind, b' ' | b'\t'..=b'\r');
    let is_letter = |kind: u8| kind.is_ascii_alphabetic() || kind == CASELESS;
    let continues = |kind: u8| is_term(kind) || matches!(kind, b',' | b'-' | b':' | b';');
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = memchr3(b'.', b'!', b'?', &line[at..]) {
        let term = at + found;
        at = term + 1;
        let closed = at + line[at..].iter().take_while(|kind| is_close(kind)).count();
        let end = closed + line[closed..].iter().take_while(|kind| is_space(kind)).count();
        let Some(&next) = line.get(end) else { break };
        if continues(next) {
            continue;
        }
        if line[term] == b'.' {
            let before = term.checked_sub(1).map_or(b' ', |before| line[before]);
            let inside = end == at
                && (next.is_ascii_digit() || before.is_ascii_alphabetic() && next.is_ascii_uppercase());
            let word = line[end..].iter().find(|&&kind| is_letter(kind) || is_term(kind));
            if inside || word.is_some_and(u8::is_ascii_lowercase) {
                continue;
            }
        }
        pieces.push(start..end);
        (start, at) = (end, end);
    }
    if start < line.len() {
        pieces.push(start..line.len());
    }
    pieces
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

/// Whether the full stop at the end of `piece` belongs to an abbreviation and does not end a sentence.
fn ends_in_abbreviation(piece: &str, next: &str) -> bool {
    let Some(word) = piece
        .strip_suffix('.')
        .and_then(|rest| rest.split_whitespace().next_back())
    else {
        return false;
    };
    let word = word.trim_start_matches(['(', '[', '"', '\'', '“', '‘', '*', '_']);
    let before_name = [
        "Dr", "Mr", "Mrs", "Ms", "Prof", "St", "Sr", "Jr", "Gen", "Capt", "vs", "approx", "Inc", "Ltd",
    ];
    let before_number = [
        "No", "no", "Fig", "fig", "Eq", "Sec", "Vol", "pp", "p", "Art", "ca", "c",
    ];
    let inside = ["e.g", "i.e", "cf", "al", "viz", "resp"];
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    before_name.contains(&word)
        || inside.contains(&word)
        || initial && piece.len() > 2 && next.chars().next().is_some_and(char::is_uppercase) && word != "I"
        || before_number.contains(&word) && next.starts_with(|c: char| c.is_ascii_digit())
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

    #[test]
    fn characters_split_like_the_kind_that_replaces_them() {
        let contexts = [
            "a._A",
            "a._a",
            "a. _b",
            "a.) _ B",
            "_.A",
            "_. b",
            "a_.B",
            "a! _",
            "a._1",
            "a. _ 1 b. C",
            "A._. A",
        ];
        for c in ('\u{80}'..='\u{1ffff}').filter(|c| kinds(&c.to_string()).is_some()) {
            for context in contexts {
                let line = context.replace('_', &c.to_string());
                assert_eq!(pieces(&line), slow_pieces(&line), "{line}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn fast_and_slow_pieces_are_equal(
            line in "([.!?] {0,2}|[a-c]{1,2}|[A-C0-2]|[ -~\t-\r]|[\x00-\x08]){0,40}",
            wide in "([.!?] {0,2}|[a-c]{1,2}|[A-C0-2]|[À-ɏͰ-ԯＡ-ｚ]|[ぁ-ゖァ-ヺ一-鿿가-힣]|[µ‘’“”«»–—\u{a0}…½≈]|[☀-⛿🌀-🏺🐀-🙏]|[\u{300}-\u{36f}\u{fe0f}]){0,40}",
        ) {
            proptest::prop_assert_eq!(pieces(&line), slow_pieces(&line));
            proptest::prop_assert_eq!(pieces(&wide), slow_pieces(&wide));
        }

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
