//! Antonym rule: the source has the antonym of a word of the claim.

use super::outcome::Contradiction;
use crate::evidence::{side::Side, statement::Statement, words::Word};

/// The place in the span of the antonym of a word that the span itself lacks.
pub(super) fn antonym_in(claim: Side<'_>, word: &Word, span: Side<'_>) -> Option<usize> {
    if claim.lexicon.antonyms(word).next().is_none() || span.has(word.stem) {
        return None;
    }
    span.words
        .iter()
        .position(|other| claim.lexicon.are_antonyms(word, other))
}

/// Words of the claim whose antonym the span has, where no negation mends it.
pub(super) fn contradictions(claim: &Statement<'_>, span: &Statement<'_>) -> Option<Contradiction> {
    let (claimed, stated) = (&claim.polarities, &span.polarities);
    let (claim, span) = (claim.side, span.side);
    claim.words.iter().zip(claimed).find_map(|(word, polarity)| {
        let place = antonym_in(claim, word, span)?;
        let other = span.words.get(place)?;
        // The claim has the other word too: then both are stated of, each in its place.
        if claim.has(other.stem) || stated.get(place)?.negated != polarity.negated {
            return None;
        }
        let (there, here) = (span.shown(place, place), word.as_written(claim.text));
        Some(Contradiction::Against(format!(
            "the source says {there}, not {here}"
        )))
    })
}
