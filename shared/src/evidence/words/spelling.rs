//! Features of one word that depend on its spelling alone, computed once per distinct word.

use super::{
    calendar,
    effects::{self, Effect},
    negation::{self, Cue},
    numbers,
};

/// Features of a word for the contradiction rules, cached because they are read often.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spelling {
    pub(crate) is_identifier: bool,
    pub(crate) may_begin_date: bool,
    pub(crate) may_begin_quantity: bool,
    pub(crate) cue: Option<Cue>,
    pub(crate) effect: Option<Effect>,
    pub(crate) weekday: Option<u8>,
}

impl Spelling {
    /// Features of a word as written, in lower case, and stemmed.
    pub(super) fn new(written: &str, folded: &str, stem: &str) -> Self {
        Self {
            is_identifier: is_identifier(written),
            may_begin_date: calendar::may_begin(folded),
            may_begin_quantity: numbers::may_begin(folded),
            cue: negation::cue(folded),
            effect: effects::effect(stem),
            weekday: calendar::weekday(folded),
        }
    }
}

/// Whether a word must match to the letter: `snake_case`, `camelCase`, `v2`, `p99`, `09:12`, but not a quantity.
fn is_identifier(word: &str) -> bool {
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    let starts_with_letter = word.starts_with(char::is_alphabetic);
    let inner_capital = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    word.contains('_')
        || inner_capital
        || digits && (starts_with_letter || word.contains(':') || word.matches('.').count() > 1)
}
