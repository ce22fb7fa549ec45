//! Hidden characters: those that are invisible or reorder others.

use std::borrow::Cow;

/// Whether a character is invisible or reorders others. The joiners of scripts and emoji are not: they change how letters
/// look.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    ) || c.is_control() && !c.is_whitespace()
}

/// A text without its hidden characters.
pub fn without_hidden(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        text.chars().filter(|c| !is_hidden(*c)).collect()
    } else {
        text.into()
    }
}
