//! Antonym rule: the source has the antonym of a word of the claim.

use super::outcome::Contradiction;
use crate::evidence::{side::Side, statement::Statement, words::Word};

/// The place in the span of an antonym of a word; `None` if the span has the word itself.
pub(super) fn antonym_in(claim: Side<'_>, word: &Word, span: Side<'_>) -> Option<usize> {
    if claim.lexicon.antonyms(word).next().is_none() || span.has(word.stem) {
        return None;
    }
    span.words
        .iter()
        .position(|other| claim.lexicon.are_antonyms(word, other))
}

/// The first word of the claim whose antonym the span has, both negated or both not.
pub(super) fn contradictions(claim: &Statement<'_>, span: &Statement<'_>) -> Option<Contradiction> {
    let (claimed, stated) = (&claim.polarities, &span.polarities);
    let (claim, span) = (claim.side, span.side);
    claim.words.iter().zip(claimed).find_map(|(word, polarity)| {
        let place = antonym_in(claim, word, span)?;
        let other = span.words.get(place)?;
        // If the claim has the antonym too, the two are said of different things.
        if claim.has(other.stem) || stated.get(place)?.negated != polarity.negated {
            return None;
        }
        let (there, here) = (span.shown(place, place), word.as_written(claim.text));
        Some(Contradiction::Against(format!(
            "the source says {there}, not {here}"
        )))
    })
}
