//! The verdict on one sentence from the stances of all passages.

use super::stances::{Stance, WeighedPassage};
use crate::domain::Verdict;

/// The verdict on one sentence, with confidence and reasons.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) verdict: Verdict,
    pub(super) confidence: f64,
    pub(super) reasons: Vec<String>,
}

/// Combines the stances of all passages. `noun` is what a text is called in the reasons.
pub(super) fn summarize(weighed: &[WeighedPassage], noun: &str) -> Summary {
    let side = |stance: Stance| weighed.iter().filter(move |weighed| weighed.stance == stance);
    // The best passage of a side counts: many weak passages do not make a strong one.
    let best = |stance: Stance| side(stance).map(|weighed| weighed.confidence).reduce(f64::max);
    let (verdict, confidence) = match (best(Stance::Supports), best(Stance::Refutes)) {
        (Some(supports), Some(refutes)) => (Verdict::Disputed, supports.min(refutes)),
        (Some(supports), None) => (Verdict::Supported, supports),
        (None, Some(refutes)) => (Verdict::Refuted, refutes),
        (None, None) => (Verdict::Unverified, 0.0),
    };
    Summary {
        verdict,
        confidence,
        reasons: reasons(weighed, noun),
    }
}

/// Explains the verdict.
fn reasons(weighed: &[WeighedPassage], noun: &str) -> Vec<String> {
    let total = match weighed.len() {
        0 => return vec!["nothing was found that has words of the claim".to_owned()],
        1 => format!("1 {noun}"),
        all => format!("{all} {noun}s"),
    };
    let count = |stance| weighed.iter().filter(|weighed| weighed.stance == stance).count();
    let mut reasons = Vec::new();
    for (number, says) in [
        (count(Stance::Supports), "supports the claim"),
        (count(Stance::Refutes), "contradicts it"),
    ] {
        if number > 0 {
            reasons.push(format!("{number} of {total} {says}"));
        }
    }
    if reasons.is_empty() {
        return vec![format!("none of {total} supports the claim or contradicts it")];
    }
    let against = (1..).zip(weighed);
    let against = against.filter(|(_, weighed)| weighed.stance == Stance::Refutes);
    reasons.extend(against.filter_map(|(number, weighed)| {
        let reason = weighed.finding.reason.as_deref()?;
        Some(format!("in {noun} {number} {reason}"))
    }));
    reasons
}
