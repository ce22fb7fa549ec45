//! Capitals and starts: whether capitals tell a name from a function word, and where a symbol may begin a word.

use std::ops::Range;

/// How far a line is read on either side of a word, in bytes.
const MAX_LINE: usize = 200;

/// Whether a word is all in capitals in a line that is not: `WHO`, `IT`. A word alone in its line is a name too.
pub(super) fn is_name(text: &str, word: Range<usize>) -> bool {
    let bytes = text.as_bytes();
    if word.len() < 2 || !bytes[word.clone()].iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    let before = bytes[..word.start]
        .iter()
        .rev()
        .take(MAX_LINE)
        .take_while(|b| **b != b'\n');
    let after = bytes[word.end..]
        .iter()
        .take(MAX_LINE)
        .take_while(|b| **b != b'\n');
    let mut has_letters = false;
    for byte in before.chain(after) {
        if byte.is_ascii_lowercase() {
            return true;
        }
        has_letters |= byte.is_ascii_alphabetic();
    }
    !has_letters
}

/// Whether a word may begin after these bytes with a symbol of its own.
pub(super) fn is_start(before: &[u8]) -> bool {
    match before.last() {
        None => true,
        Some(last) => {
            last.is_ascii_whitespace()
                || matches!(last, b'(' | b'[' | b'"' | b'\'' | b'`' | b'|' | b'*' | b'>')
        }
    }
}
