//! Refusals: what a claim adds, leaves out or says of another, in words.

use super::{
    script::Failure,
    token::{Token, shown},
};
use crate::evidence::side::Side;

/// Number of words shown around a difference.
const SHOWN: usize = 3;

/// Why a unit does not entail a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of difference it is.
    pub kind: Difference,
    /// The reason, in words.
    pub reason: String,
}

/// The kind of difference between a claim and a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The claim says something that the source does not say in these words. Another reader may find that it does.
    Added,
    /// The claim leaves out a word that limits what the source says, or adds one.
    Limit,
    /// The claim says of one thing what the source says of another.
    Roles,
}

/// The refusal for a failed comparison.
pub(super) fn refusal(
    claim_side: Side<'_>,
    claim: &[Token],
    unit_side: Side<'_>,
    unit: &[Token],
    failure: Failure,
) -> Refusal {
    let lexicon = claim_side.lexicon;
    let refuse = |kind, reason| Refusal { kind, reason };
    let around = |tokens: &[Token], at: usize| at.saturating_sub(1)..(at + SHOWN).min(tokens.len());
    let there = shown(
        unit_side,
        unit,
        around(unit, failure.unit.min(unit.len().saturating_sub(1))),
    );
    let limit = unit.get(failure.unit).filter(|token| token.narrows());
    let Some(token) = claim.get(failure.claim) else {
        let kind = limit.map_or(Difference::Roles, |_| Difference::Limit);
        return refuse(kind, format!("the source says \u{201c}{there}\u{201d}"));
    };
    if limit.is_some_and(|limit| !limit.is_same(token, lexicon)) {
        return refuse(
            Difference::Limit,
            format!("the source says \u{201c}{there}\u{201d}"),
        );
    }
    let is_missing = |token: &Token| !unit.iter().any(|other| other.is_same(token, lexicon));
    let lacks = |at: usize| {
        let words = shown(claim_side, claim, at..end_of_name(claim, at));
        format!("the source does not say \u{201c}{words}\u{201d}")
    };
    if is_missing(token) {
        let kind = if token.narrows() {
            Difference::Limit
        } else {
            Difference::Added
        };
        return refuse(kind, lacks(failure.claim));
    }
    // Words that the sentence does not have at all may say the same in another way.
    let is_new = |token: &Token| token.is_content() && is_missing(token);
    if let Some(at) = claim.iter().position(is_new) {
        return refuse(Difference::Added, lacks(at));
    }
    let here = shown(claim_side, claim, around(claim, failure.claim));
    let reason = format!("the source says \u{201c}{there}\u{201d}, not \u{201c}{here}\u{201d}");
    refuse(Difference::Roles, reason)
}

/// The end of the next word that names something, with the rest of a name.
fn end_of_name(claim: &[Token], from: usize) -> usize {
    let is_name = |token: &Token| token.is_content() && token.capital;
    let Some(first) = (from..claim.len()).find(|&at| claim[at].is_content()) else {
        return from + 1;
    };
    let rest = claim[first + 1..]
        .iter()
        .take_while(|token| is_name(&claim[first]) && is_name(token));
    first + 1 + rest.count()
}
