//! Lengths and offsets in Unicode code points, over text that Rust indexes in bytes.

use super::InvalidInput;

/// How many code points `text` has.
pub fn code_points(text: &str) -> usize {
    text.chars().count()
}

/// Matches a text that is not blank, as a regular expression that means the same in every dialect: `\s` does not.
pub const NOT_BLANK: &str = r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// Checks that a text is not blank and has at most `most` code points.
///
/// # Errors
/// Says which of the two it breaks.
pub fn not_blank_within(text: &str, most: usize) -> Result<(), InvalidInput> {
    if text.trim().is_empty() {
        return Err(InvalidInput::impossible("", "must not be empty or blank"));
    }
    let length = code_points(text);
    if length > most {
        let detail = format!("has {length} characters; at most {most} are taken");
        return Err(InvalidInput::impossible("", detail));
    }
    Ok(())
}

/// Converts ascending byte offsets of one text to code points, walking the text once.
#[derive(Debug, Clone)]
pub struct CodePoints<'text> {
    text: &'text str,
    byte: usize,
    point: usize,
}

impl<'text> CodePoints<'text> {
    /// Starts at the beginning of `text`.
    pub fn of(text: &'text str) -> Self {
        Self {
            text,
            byte: 0,
            point: 0,
        }
    }

    /// The code points before byte `offset`, which is a character boundary. Going backwards starts over.
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
        let mut points = CodePoints::of(text);
        assert_eq!(points.at(0), 0);
        assert_eq!(points.at(5), 2, "an emoji is one code point and four bytes");
        assert_eq!(points.at(text.len()), 5, "a combining mark counts for itself");
        assert_eq!(points.at(1), 1);
    }
}
