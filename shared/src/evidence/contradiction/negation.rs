//! Negation rule: a word that only one of the two texts negates.

use super::{antonyms::antonym_in, effects::is_opposed, outcome::Contradiction};
use crate::evidence::{
    side::Side,
    statement::{Statement, negation::Polarity},
};

/// The first word that one text states and the other negates.
pub(super) fn contradictions(claim: &Statement<'_>, span: &Statement<'_>) -> Option<Contradiction> {
    let (claim_negates, span_negates) = (claim.negates, span.negates);
    let (claimed, stated) = (&claim.polarities, &span.polarities);
    let (claim, span) = (claim.side, span.side);
    if !claim_negates && !span_negates {
        return None;
    }
    for rank in 1..=2 {
        for (word, polarity) in claim.words.iter().zip(claimed) {
            if !word.is_content() {
                continue;
            }
            let mut same = span
                .words
                .iter()
                .zip(stated)
                .filter(|(other, _)| other.stem == word.stem)
                .map(|(_, polarity)| polarity)
                .peekable();
            if same.peek().is_none() {
                continue;
            }
            let is_head = |other: &Polarity| {
                (polarity.negated && polarity.rank == rank) || (other.negated && other.rank == rank)
            };
            let mut against = false;
            let mut agrees = false;
            // The claim may both state and negate a word, about different things.
            let claim_has = |negated: bool| {
                let mut words = claim.words.iter().zip(claimed);
                words.any(|(other, polarity)| other.stem == word.stem && polarity.negated == negated)
            };
            for other in same {
                agrees |= other.negated == polarity.negated;
                against |= other.negated != polarity.negated && is_head(other) && !claim_has(other.negated);
            }
            if agrees && rank == 1 && polarity.negated {
                return None;
            }
            if against && !agrees && !(polarity.negated && has_antonyms(claim, span)) {
                let shown = word.as_written(claim.text);
                return Some(Contradiction::Against(if polarity.negated {
                    format!("the source says \u{201c}{shown}\u{201d} without a negation")
                } else {
                    format!("the source denies \u{201c}{shown}\u{201d}")
                }));
            }
        }
    }
    let denied = |polarities: &[Polarity]| polarities.iter().any(|polarity| polarity.negated);
    (claim_negates && !span_negates && denied(claimed) && !has_antonyms(claim, span))
        .then(|| Contradiction::Missing("the source has no such negation".to_owned()))
}

/// Whether the span may state a negation by an antonym: "not allowed" by "denied".
fn has_antonyms(claim: Side<'_>, span: Side<'_>) -> bool {
    claim
        .words
        .iter()
        .any(|word| antonym_in(claim, word, span).is_some() || is_opposed(claim, word, span))
}
