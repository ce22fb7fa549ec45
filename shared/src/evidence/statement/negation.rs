//! The scope of negation: which words "not", "never", "without" or "fails to" negate.

use crate::evidence::{side::Side, words::negation::Cue};

/// Maximum number of content words that a negation reaches.
const MAX_REACH: usize = 3;

/// The effect of negation on one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Polarity {
    /// Whether an odd number of negations reach it.
    pub(crate) negated: bool,
    /// Its place, from 1, among the content words that the last of them reaches; 0 if none does.
    pub(crate) rank: usize,
}

/// The polarity of every word.
pub(crate) fn polarities(side: Side<'_>) -> Vec<Polarity> {
    let mut polarities = vec![Polarity::default(); side.words.len()];
    for at in 0..side.words.len() {
        if !is_cue(side, at) {
            continue;
        }
        let mut reached = 0;
        for (place, polarity) in polarities.iter_mut().enumerate().skip(at + 1) {
            let ends_before = place > at + 1 && side.clause_ends(place - 1);
            if reached == MAX_REACH || ends_before || breaks(side.folded(place)) {
                break;
            }
            if side.words[place].is_content() {
                reached += 1;
                *polarity = Polarity {
                    negated: !polarity.negated,
                    rank: reached,
                };
            }
        }
    }
    polarities
}

/// Whether a word is a negation cue, with the word after it taken into account.
pub(crate) fn is_cue(side: Side<'_>, at: usize) -> bool {
    match side.spelling(at).cue {
        None => false,
        Some(Cue::Always) => true,
        Some(Cue::Before(word)) => side.folded(at + 1) == word,
        Some(Cue::NotBefore(words)) => !words.contains(&side.folded(at + 1)),
    }
}

/// Whether a text has a negation cue.
pub(crate) fn negates(side: Side<'_>) -> bool {
    (0..side.words.len()).any(|at| is_cue(side, at))
}

/// Whether a word ends the scope of a negation.
fn breaks(word: &str) -> bool {
    matches!(
        word,
        "but" | "because" | "although" | "though" | "while" | "whereas" | "which" | "who" | "unless" | "if"
    )
}
