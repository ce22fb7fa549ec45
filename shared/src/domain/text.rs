//! Lengths and offsets of texts in Unicode code points.

use super::invalid::InvalidInput;

/// Length of a text, in code points.
pub fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Regular expression of a text that is not blank. It avoids `\s`, which differs between regex dialects.
pub const NOT_BLANK: &str = r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// A text without the byte order marks (U+FEFF) at its start.
pub fn without_byte_order_mark(text: &str) -> &str {
    text.trim_start_matches('\u{FEFF}')
}

/// Whether a character is invisible or reorders others: controls that are not blanks, bidirectional controls, zero-width
/// and soft characters, tags and fillers. The joiners of scripts and emoji, and variation selectors, are not hidden.
pub fn is_hidden(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E00FF}'
            | '\u{E01F0}'..='\u{E0FFF}'
    );
    is_invisible || c.is_control() && !c.is_whitespace()
}

/// A text on one line: without hidden characters, and with one space for each run of blanks.
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks that a text is not blank and has at most `max` code points.
///
/// # Errors
/// If the text is blank or too long.
pub fn not_blank_within(text: &str, max: usize) -> Result<(), InvalidInput> {
    if text.trim().is_empty() {
        return Err(InvalidInput::invalid_value("", "must not be empty or blank"));
    }
    let length = code_points(text);
    if length > max {
        let detail = format!("has {length} characters; at most {max} are taken");
        return Err(InvalidInput::invalid_value("", detail));
    }
    Ok(())
}

/// Converter of byte offsets to code-point offsets. Ascending offsets walk the text once.
#[derive(Debug, Clone)]
pub struct CodePoints<'text> {
    text: &'text str,
    byte: usize,
    point: usize,
}

impl<'text> CodePoints<'text> {
    /// Creates a converter at the beginning of `text`.
    pub fn new(text: &'text str) -> Self {
        Self {
            text,
            byte: 0,
            point: 0,
        }
    }

    /// Returns the number of code points before byte `offset`, which must be a character boundary. A smaller offset than
    /// before starts over.
    pub fn at(&mut self, offset: usize) -> usize {
        if offset < self.byte {
            (self.byte, self.point) = (0, 0);
        }
        self.point += code_points(&self.text[self.byte..offset]);
        self.byte = offset;
        self.point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_points_forwards_and_backwards() {
        let text = "a😀e\u{301}漢";
        let mut points = CodePoints::new(text);
        assert_eq!(points.at(0), 0);
        assert_eq!(points.at(5), 2, "an emoji is one code point and four bytes");
        assert_eq!(points.at(text.len()), 5, "a combining mark counts for itself");
        assert_eq!(points.at(1), 1);
    }
}
