//! Date rule: dates and weekdays of the claim that the source lacks or states differently.

use super::outcome::Contradiction;
use crate::evidence::{
    side::Side,
    statement::{Statement, dates::Date},
};

/// Dates of the claim that the span does not have.
pub(super) fn contradictions(
    claim: &Statement<'_>,
    span: &Statement<'_>,
    context: &[u32],
) -> Vec<Contradiction> {
    let (claimed, stated) = (&claim.dates, &span.dates);
    let (claim, span) = (claim.side, span.side);
    let mut contradictions = Vec::new();
    for date in claimed {
        let is_stated = stated.iter().any(|other| date.is_stated_by(other));
        // The year may be in the title or a heading.
        let is_in_headings = |year: &u16| {
            let year = year.to_string();
            claim.words[date.words.clone()]
                .iter()
                .any(|word| claim.lexicon.folded(word) == year && context.contains(&word.stem))
        };
        let without_year = Date {
            year: date.year.filter(|year| !is_in_headings(year)),
            ..date.clone()
        };
        let is_only_a_year = date.month.is_none() && date.day.is_none();
        let is_year_in_context = without_year.year.is_none()
            && date.year.is_some()
            && (is_only_a_year || stated.iter().any(|other| without_year.is_stated_by(other)));
        if is_stated || is_year_in_context {
            continue;
        }
        let here = claim.shown(*date.words.start(), *date.words.end());
        let other = stated.iter().find(|other| {
            date.differs_from(other) && !claimed.iter().any(|claimed| other.is_stated_by(claimed))
        });
        contradictions.push(match other {
            Some(other) => {
                let there = span.shown(*other.words.start(), *other.words.end());
                Contradiction::Against(format!("the source says {there}, not {here}"))
            }
            None => Contradiction::Missing(format!("the source does not say {here}")),
        });
    }
    contradictions.extend(weekdays(claim, span));
    contradictions
}

/// A weekday of the claim, where the span has another one.
fn weekdays(claim: Side<'_>, span: Side<'_>) -> Option<Contradiction> {
    let day = |side: Side<'_>| {
        (0..side.words.len()).find_map(|at| Some((side.spelling(at).weekday?, side.shown(at, at))))
    };
    let ((claimed, here), (stated, there)) = (day(claim)?, day(span)?);
    (claimed != stated).then(|| Contradiction::Against(format!("the source says {there}, not {here}")))
}
