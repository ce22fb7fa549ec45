//! A term: what the index has of a word.

/// Maximum length of a term, in bytes; longer words are truncated, because index keys are bounded.
pub(super) const MAX_TERM_BYTES: usize = 64;

/// One term with its byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The text that is indexed, without white space; at most 64 bytes.
    pub text: String,
    /// Byte offset of the word in the text.
    pub start: usize,
    /// Byte offset of the end of the word, exclusive.
    pub end: usize,
    /// Whether it counts towards the length of the text: stop words, and other forms of a counted word, do not.
    pub counts: bool,
}

/// Truncates a term to its maximum length.
pub(super) fn cut(term: &mut String) {
    if term.len() > MAX_TERM_BYTES {
        term.truncate(term.floor_char_boundary(MAX_TERM_BYTES));
    }
}
