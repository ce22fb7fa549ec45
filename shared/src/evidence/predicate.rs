//! The predicate of a claim: what it says about its subject. A text that has only the subject is on topic, but supports
//! nothing.

use super::{side::Side, words::Word};

/// The words of a claim from its first verb that is known by its spelling; without one, from the first content word in
/// lower case; else all words. The first word does not count as either.
pub fn predicate(claim: Side<'_>) -> &[Word] {
    let is_verb = |word: &Word| {
        matches!(
            claim.lexicon.folded(word),
            "is" | "was"
                | "are"
                | "were"
                | "be"
                | "has"
                | "had"
                | "have"
                | "does"
                | "did"
                | "can"
                | "will"
                | "in"
        )
    };
    let mut later = claim.words.iter().enumerate().skip(1);
    let from = later.clone().find(|(_, word)| is_verb(word));
    let from = from.or_else(|| later.find(|(_, word)| word.is_content() && !word.capital));
    &claim.words[from.map_or(0, |(place, _)| place)..]
}
