//! Verbatim search that ignores differences in white space, quotation marks, dashes and Unicode form.

use std::{borrow::Cow, ops::Range};

use memchr::memmem::Finder;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// A text in normal form, with a map from its bytes to those of the original.
#[derive(Debug, Clone, Default)]
pub struct Normalized {
    text: String,
    /// The map, in the order of the text.
    pieces: Vec<Piece>,
}

/// A run of bytes of the normal form and the bytes of the original that it came from: byte for byte if `is_copy`, else
/// as a whole.
#[derive(Debug, Clone)]
struct Piece {
    at: usize,
    original: Range<usize>,
    is_copy: bool,
}

impl Normalized {
    /// Normalizes a text: NFKC, one space for each run of white space, plain quotation marks and dashes.
    pub fn new(original: &str) -> Self {
        let mut normalized = Self {
            text: String::with_capacity(original.len()),
            pieces: Vec::new(),
        };
        let mut at = 0;
        while at < original.len() {
            let rest = &original.as_bytes()[at..];
            let ascii = rest.iter().take_while(|byte| byte.is_ascii()).count();
            // An ASCII character before another one is a grapheme cluster by itself, and already in normal form.
            let plain = ascii - usize::from(ascii > 0 && ascii < rest.len());
            let end = at + plain;
            while at < end {
                let normal = normalized.normal_prefix(&original.as_bytes()[at..end]);
                normalized.copy(&original[at..at + normal], at);
                at += normal;
                if at < end {
                    normalized.space(at..at + 1);
                    at += 1;
                }
            }
            let cluster = original[at..].graphemes(true).next().unwrap_or_default();
            for c in cluster.nfkc() {
                normalized.push(c, at..at + cluster.len());
            }
            at += cluster.len();
        }
        normalized
    }

    /// The length of the ASCII prefix that is already in normal form: up to white space that is not a single space.
    fn normal_prefix(&self, ascii: &[u8]) -> usize {
        let mut after_space = self.text.ends_with(' ');
        let odd = ascii.iter().position(|&byte| {
            let is_odd = matches!(byte, b'\t'..=b'\r') || byte == b' ' && after_space;
            after_space = byte == b' ';
            is_odd
        });
        odd.unwrap_or(ascii.len())
    }

    /// Adds ASCII unchanged.
    fn copy(&mut self, letters: &str, from: usize) {
        if letters.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.is_copy && last.original.end == from => last.original.end += letters.len(),
            _ => self.pieces.push(Piece {
                at: self.text.len(),
                original: from..from + letters.len(),
                is_copy: true,
            }),
        }
        self.text.push_str(letters);
    }

    /// Adds a space, or merges the white space with the space before it.
    fn space(&mut self, original: Range<usize>) {
        if !self.text.ends_with(' ') {
            return match original.len() {
                1 => self.copy(" ", original.start),
                _ => self.replace(' ', original),
            };
        }
        let at = self.text.len() - 1;
        let from = self.origin(at).start;
        match self.pieces.last_mut() {
            Some(last) if last.at == at => (last.original.end, last.is_copy) = (original.end, false),
            last => {
                if let Some(last) = last.filter(|last| last.is_copy) {
                    last.original.end = from;
                }
                self.pieces.push(Piece {
                    at,
                    original: from..original.end,
                    is_copy: false,
                });
            }
        }
    }

    /// Adds a character in its normal form.
    fn push(&mut self, c: char, original: Range<usize>) {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{2032}' => self.replace('\'', original),
            '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' | '\u{2033}' => {
                self.replace('"', original);
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.replace('-', original),
            c if c.is_whitespace() => self.space(original),
            c => self.replace(c, original),
        }
    }

    fn replace(&mut self, c: char, original: Range<usize>) {
        if self
            .pieces
            .last()
            .is_none_or(|last| last.is_copy || last.original != original)
        {
            self.pieces.push(Piece {
                at: self.text.len(),
                original,
                is_copy: false,
            });
        }
        self.text.push(c);
    }

    /// The bytes of the original that a byte of the normal form came from.
    fn origin(&self, byte: usize) -> Range<usize> {
        let after = self.pieces.partition_point(|piece| piece.at <= byte);
        match self.pieces[..after].last() {
            Some(Piece {
                at,
                original,
                is_copy: true,
            }) => {
                let from = original.start + byte - at;
                from..from + 1
            }
            Some(piece) => piece.original.clone(),
            None => 0..0,
        }
    }

    /// A finder that searches other texts for this one.
    pub fn finder(&self) -> Finder<'_> {
        Finder::new(self.text.trim())
    }

    /// The first occurrence of a quotation, as bytes of the original; `None` if there is none or the quotation is
    /// blank.
    pub fn find(&self, quote: &Finder<'_>) -> Option<Range<usize>> {
        self.place_of(quote, quote.find(self.text.as_bytes())?)
    }

    /// The first occurrence that cuts no word: "take 9" is not found in "take 90".
    pub fn find_words(&self, quote: &Finder<'_>) -> Option<Range<usize>> {
        let places = quote.find_iter(self.text.as_bytes());
        let mut whole = places.filter(|&at| is_whole_words(&self.text, &(at..at + quote.needle().len())));
        self.place_of(quote, whole.next()?)
    }

    fn place_of(&self, quote: &Finder<'_>, at: usize) -> Option<Range<usize>> {
        let last = quote.needle().len().checked_sub(1)?;
        Some(self.origin(at).start..self.origin(at + last).end)
    }
}

/// Whether bytes of a text begin and end at word boundaries: "take 9" does not in "take 90" or "take 9.5". `bytes` must
/// be on character boundaries.
pub fn is_whole_words(text: &str, bytes: &Range<usize>) -> bool {
    let continues = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let words = &text[bytes.clone()];
    let cut_before = continues(text[..bytes.start].chars().next_back()) && continues(words.chars().next());
    let mut rest = text[bytes.end..].chars();
    let next = rest.next();
    let fraction = matches!(next, Some('.' | ',')) && rest.next().is_some_and(|c| c.is_ascii_digit());
    let ends_in_digit = words.ends_with(|c: char| c.is_ascii_digit());
    let cut_after = continues(words.chars().next_back()) && (continues(next) || ends_in_digit && fraction);
    !cut_before && !cut_after
}

/// A text whose letters in square brackets, which mark a changed capital as in "[T]he", are written without them.
pub fn without_letter_brackets(text: &str) -> Cow<'_, str> {
    let is_letter = |at: usize| {
        let mut rest = text[at..].chars();
        let is_single = rest.next() == Some('[')
            && rest.next().is_some_and(char::is_alphabetic)
            && rest.next() == Some(']');
        is_single && rest.next().is_some_and(char::is_alphabetic)
    };
    let brackets: Vec<usize> = text
        .match_indices('[')
        .map(|(at, _)| at)
        .filter(|&at| is_letter(at))
        .collect();
    if brackets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bare = String::with_capacity(text.len());
    let mut from = 0;
    for at in brackets {
        bare.push_str(&text[from..at]);
        let letter = text[at + 1..].chars().next().unwrap_or_default();
        bare.push(letter);
        from = at + 2 + letter.len_utf8();
    }
    bare.push_str(&text[from..]);
    Cow::Owned(bare)
}

/// The quotations in a sentence, without their quotation marks. An unclosed one is skipped.
pub fn quoted(sentence: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in sentence.char_indices() {
        match open {
            Some((start, close)) if c == close => {
                let inside =
                    sentence[start..at].trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.'));
                if !inside.is_empty() {
                    found.push(inside);
                }
                open = None;
            }
            Some(_) => {}
            None => {
                // A quotation mark right after a letter or digit ends one or means inches.
                let is_inside = sentence[..at].ends_with(char::is_alphanumeric);
                let close = match c {
                    '"' if !is_inside => '"',
                    '\u{201c}' | '\u{201e}' => '\u{201d}',
                    '\u{ab}' => '\u{bb}',
                    _ => continue,
                };
                open = Some((at + c.len_utf8(), close));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'text>(text: &'text str, quote: &str) -> Option<&'text str> {
        Normalized::new(text)
            .find(&Normalized::new(quote).finder())
            .map(|range| &text[range])
    }

    #[test]
    fn white_space_quotation_marks_dashes_and_unicode_forms_are_ignored() {
        assert_eq!(
            find("He said “cold\n  start” – twice.", "\"cold start\" - twice"),
            Some("“cold\n  start” – twice")
        );
        assert_eq!(find("a cafe\u{301} bar", "café bar"), Some("cafe\u{301} bar"));
        assert_eq!(find("the ﬁle is here", "file"), Some("ﬁle"));
        assert_eq!(find("３ ｍｓ", "3 ms"), Some("３ ｍｓ"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(find("43 minutes", "34 minutes"), None);
        assert_eq!(find("anything", "  "), None);
        assert_eq!(find("", "x"), None);
    }

    #[test]
    fn a_cut_word_or_number_is_not_found_as_words() {
        let found = |text, quote| Normalized::new(text).find_words(&Normalized::new(quote).finder());
        assert_eq!(found("They take 90 ms.", "take 9"), None);
        assert_eq!(found("They take 9.5 ms.", "take 9"), None);
        assert_eq!(found("They take 9. They go.", "take 9"), Some(5..11));
        assert_eq!(found("retake 9, take 9", "take 9"), Some(10..16));
        assert_eq!(found("text", " "), None);
    }

    #[test]
    fn quotations_are_read_without_their_marks() {
        assert_eq!(
            quoted("He said \"go home,\" and “never” left."),
            ["go home", "never"]
        );
        assert_eq!(quoted("a 5\" disk and an \"open end"), Vec::<&str>::new());
        assert_eq!(quoted("« bien » “”"), ["bien"]);
    }

    proptest::proptest! {
        #[test]
        fn every_piece_of_a_text_is_found_in_it(text in "\\PC{1,60}", from in 0_usize..60, length in 1_usize..60) {
            let piece: String = text.graphemes(true).skip(from).take(length).collect();
            proptest::prop_assume!(Normalized::new(&piece).text.trim() != "");
            let found = find(&text, &piece);
            proptest::prop_assert!(found.is_some());
            let (found, piece) = (Normalized::new(found.unwrap()), Normalized::new(&piece));
            proptest::prop_assert!(found.text.contains(piece.text.trim()));
        }
    }
}
