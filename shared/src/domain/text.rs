//! Lengths and offsets of texts in Unicode code points.

use super::invalid::InvalidInput;

/// Length of a text, in code points.
pub fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Regular expression of a text that is not blank. It avoids `\s`, which differs between regex dialects.
pub const NOT_BLANK: &str = r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

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
