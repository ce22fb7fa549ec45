//! Contradiction rules: where a claim and a span of a source differ. Each rule has its own file; all compare spelling
//! and none infers meaning.

mod antonyms;
mod comparatives;
mod dates;
mod effects;
mod names;
mod negation;
mod numbers;
mod outcome;

pub use outcome::Contradiction;

use super::side::Side;
use super::{statement::Statement, words::Word};

/// The contradictions of all rules. `context` has the stems of the span's title and headings and of the names before
/// it.
pub fn contradictions(claim: &Statement<'_>, span: Side<'_>, context: &[u32]) -> Vec<Contradiction> {
    let mut contradictions = facts(claim, span, context);
    contradictions.extend(names::contradictions(claim.side, span, context));
    contradictions
}

/// Contradictions of all rules except names: numbers, dates, negation, antonyms and order.
pub fn facts(claim: &Statement<'_>, span: Side<'_>, context: &[u32]) -> Vec<Contradiction> {
    let stated = Statement::parse(span);
    let mut contradictions = plain(claim, &stated, context);
    let compared = comparatives::contradictions(claim.side, span);
    let is_compared = compared.is_some();
    contradictions.extend(compared.flatten());
    contradictions.extend(comparatives::swapped_names(claim.side, span));
    if !is_compared {
        contradictions.extend(antonyms::contradictions(claim, &stated));
        contradictions.extend(effects::contradictions(claim, &stated));
    }
    contradictions
}

/// Contradictions of the rules that apply to any two sentences on the same subject: numbers, dates and negation.
pub fn plain(claim: &Statement<'_>, span: &Statement<'_>, context: &[u32]) -> Vec<Contradiction> {
    let mut contradictions = dates::contradictions(claim, span, context);
    contradictions.extend(numbers::contradictions(claim, span));
    contradictions.extend(negation::contradictions(claim, span));
    contradictions
}

/// Whether the dates of the two texts contradict each other.
pub fn times_differ(one: &Statement<'_>, other: &Statement<'_>) -> bool {
    dates::contradictions(one, other, &[])
        .iter()
        .any(Contradiction::is_against)
}

/// Whether the span has an antonym of a word of the claim; alignments count the word as covered.
pub fn has_antonym(claim: Side<'_>, word: &Word, span: Side<'_>) -> bool {
    antonyms::antonym_in(claim, word, span).is_some()
}
