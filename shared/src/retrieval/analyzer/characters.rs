//! Classes of characters: what belongs to a word, and which scripts have no spaces between words.

use unicode_normalization::char::is_combining_mark;

use super::entities;

/// What a character is to the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter of a script with spaces, or the underscore.
    Letter,
    /// A digit, or another numeral such as a subscript.
    Digit,
    /// A combining mark: belongs to the character before it.
    Mark,
    /// A soft hyphen, joiner or zero-width space: nothing of the word.
    Ignored,
    /// A character of a script without spaces between words.
    Unspaced,
    /// A syllable or letter of Hangul.
    Hangul,
    /// An apostrophe.
    Apostrophe,
    /// Anything else.
    Other,
}

/// The class of a character.
pub(super) fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '_' => Class::Letter,
        '0'..='9' => Class::Digit,
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => Class::Apostrophe,
        '\0'..='\u{7f}' => Class::Other,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => {
            Class::Ignored
        }
        '\u{80}'..='\u{2ff}' => letter_or_digit(c),
        _ if is_unspaced(c) => Class::Unspaced,
        '\u{1100}'..='\u{11ff}'
        | '\u{3131}'..='\u{318e}'
        | '\u{a960}'..='\u{a97c}'
        | '\u{ac00}'..='\u{d7fb}'
        | '\u{ffa1}'..='\u{ffdc}' => Class::Hangul,
        _ if is_combining_mark(c) => Class::Mark,
        _ => letter_or_digit(c),
    }
}

fn letter_or_digit(c: char) -> Class {
    if c.is_alphabetic() {
        Class::Letter
    } else if c.is_numeric() {
        Class::Digit
    } else {
        Class::Other
    }
}

fn is_unspaced(c: char) -> bool {
    is_ideograph(c)
        || matches!(c,
            '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{312f}'
            | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}'
            // Thai, Lao, Burmese and Khmer letters.
            | '\u{e01}'..='\u{e30}' | '\u{e32}' | '\u{e33}' | '\u{e40}'..='\u{e46}' | '\u{e81}'..='\u{eb0}'
            | '\u{eb2}' | '\u{eb3}' | '\u{ebd}'..='\u{ec6}' | '\u{edc}'..='\u{edf}' | '\u{1000}'..='\u{102a}'
            | '\u{1780}'..='\u{17b3}')
}

/// Whether a character is a Chinese one.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character is a mark on the one before it, also as the half-width voicing of katakana.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}') || is_combining_mark(c)
}

/// The character at a byte of a text and its length there: an entity of HTML is one character.
pub(super) fn char_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let c = rest.chars().next()?;
    match c {
        '&' => Some(entities::decode(rest).unwrap_or((c, 1))),
        _ => Some((c, c.len_utf8())),
    }
}

/// A slice of a text with its entities as characters and without ignored ones.
pub(super) fn decoded(slice: &str) -> String {
    let mut decoded = String::with_capacity(slice.len());
    let mut at = 0;
    while let Some((c, length)) = char_at(slice, at) {
        if class(c) != Class::Ignored {
            decoded.push(c);
        }
        at += length;
    }
    decoded
}
