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
    /// The number of tokens of the claim before the difference.
    pub reached: usize,
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
    let around = |tokens: &[Token], at: usize| at.saturating_sub(1)..(at + SHOWN).min(tokens.len());
    let there = |at: usize| shown(unit_side, unit, around(unit, at));
    let refuse = |kind, reason| Refusal {
        kind,
        reached: failure.claim,
        reason,
    };
    let in_the_way = unit.get(failure.unit);
    let Some(token) = claim.get(failure.claim) else {
        let limits = in_the_way.is_some_and(|token| token.narrows());
        let kind = if limits {
            Difference::Limit
        } else {
            Difference::Roles
        };
        return refuse(
            kind,
            format!("the source says \u{201c}{}\u{201d}", there(failure.unit)),
        );
    };
    // As far as the next word that names something, and the rest of a name.
    let is_named = |token: &Token| token.is_content() && token.capital;
    let end = (failure.claim..claim.len())
        .find(|&at| claim[at].is_content())
        .map_or(failure.claim + 1, |at| at + 1);
    let end = end
        + claim[end..]
            .iter()
            .take_while(|token| is_named(token) && is_named(&claim[end - 1]))
            .count();
    let here = shown(claim_side, claim, failure.claim..end);
    let is_new =
        |token: &Token| token.is_content() && !unit.iter().any(|other| other.is_same(token, lexicon));
    let new = claim.iter().position(is_new);
    let place = unit.iter().position(|other| other.is_same(token, lexicon));
    if let Some(limit) = in_the_way.filter(|limit| limit.narrows() && !limit.is_same(token, lexicon)) {
        let at = failure.unit;
        let _ = limit;
        return refuse(
            Difference::Limit,
            format!("the source says \u{201c}{}\u{201d}", there(at)),
        );
    }
    if token.narrows() && place.is_none() {
        return refuse(
            Difference::Limit,
            format!("the source does not say \u{201c}{here}\u{201d}"),
        );
    }
    match place {
        None => refuse(
            Difference::Added,
            format!("the source does not say \u{201c}{here}\u{201d}"),
        ),
        // Words that the sentence does not have at all may say the same in another way.
        Some(_) if new.is_some() => {
            let at = new.unwrap_or_default();
            let word = shown(claim_side, claim, at..at + 1);
            refuse(
                Difference::Added,
                format!("the source does not say \u{201c}{word}\u{201d}"),
            )
        }
        Some(place) => {
            let said = shown(claim_side, claim, around(claim, failure.claim));
            let at = if failure.unit < unit.len() {
                failure.unit
            } else {
                place
            };
            let reason = format!(
                "the source says \u{201c}{}\u{201d}, not \u{201c}{said}\u{201d}",
                there(at)
            );
            refuse(Difference::Roles, reason)
        }
    }
}
