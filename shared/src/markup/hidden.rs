//! Removes hidden characters.

use std::borrow::Cow;

use crate::domain::is_hidden;

/// A text without its hidden characters.
pub fn without_hidden(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        text.chars().filter(|c| !is_hidden(*c)).collect()
    } else {
        text.into()
    }
}
