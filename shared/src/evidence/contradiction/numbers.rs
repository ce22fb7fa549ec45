//! Quantity rule: quantities of the claim that the source lacks or states differently.

use super::outcome::Contradiction;
use crate::evidence::{
    side::Side,
    statement::{Statement, quantities::Quantity},
};

/// Quantities of the claim that the span does not have.
pub(super) fn contradictions(claim: &Statement<'_>, span: &Statement<'_>) -> Vec<Contradiction> {
    let (claimed, stated) = (&claim.quantities, &span.quantities);
    let (claim, span) = (claim.side, span.side);
    let mut contradictions = Vec::new();
    for quantity in claimed {
        let literal = claim.words[quantity.words.clone()].iter().any(|word| {
            word.as_written(claim.text)
                .starts_with(|c: char| c.is_ascii_digit())
                && span.has(word.stem)
        });
        if stated.iter().any(|other| quantity.is_stated_by(other))
            || literal && !stated.iter().any(|other| quantity.unit == other.unit)
        {
            continue;
        }
        let here = claim.shown(*quantity.words.start(), quantity.shown_to);
        let other = stated.iter().find(|other| {
            quantity.competes_with(other) && !claimed.iter().any(|claimed| claimed.is_stated_by(other))
        });
        contradictions.push(match other {
            Some(other) => {
                let there = span.shown(*other.words.start(), other.shown_to);
                Contradiction::Against(format!("the source says {there}, not {here}"))
            }
            None => Contradiction::Missing(format!("the source does not say {here}")),
        });
    }
    contradictions.extend(reversed(claim, span, claimed, stated));
    contradictions
}

/// A range in reverse: "from 840 to 96" against "from 96 to 840".
fn reversed(
    claim: Side<'_>,
    span: Side<'_>,
    claimed: &[Quantity],
    stated: &[Quantity],
) -> Option<Contradiction> {
    fn from_to<'a>(side: Side<'_>, quantities: &'a [Quantity]) -> Option<(&'a Quantity, &'a Quantity)> {
        let pair = quantities.windows(2).find(|pair| {
            let between = pair[0].words.end() + 1;
            side.folded(between) == "to" && between + 1 == *pair[1].words.start()
        })?;
        Some((&pair[0], &pair[1]))
    }
    let (first, last) = from_to(claim, claimed)?;
    let (stated_first, stated_last) = from_to(span, stated)?;
    let same = |one: &Quantity, other: &Quantity| (one.value - other.value).abs() <= 1e-6 * one.value.abs();
    (same(first, stated_last) && same(last, stated_first) && !same(first, last)).then(|| {
        let there = span.shown(*stated_first.words.start(), *stated_last.words.end());
        Contradiction::Against(format!("the source says from {there}, not the other way round"))
    })
}
