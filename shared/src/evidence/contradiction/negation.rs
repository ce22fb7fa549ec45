//! Negation: which words a "not", "never", "without" or "fails to" turns round, and whether the other text does the same.

use super::{Contradiction, Side, Stated};

/// How many words with a meaning of their own a negation reaches.
const REACH: usize = 3;

/// What negation does to one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parity {
    /// Whether an odd number of negations reach it.
    pub(super) negated: bool,
    /// How far it stands behind the last of them, from 1, among the words it reaches.
    rank: usize,
}

/// The parity of every word.
pub(super) fn parities(side: Side<'_>) -> Vec<Parity> {
    let mut parities = vec![Parity::default(); side.words.len()];
    for at in 0..side.words.len() {
        if !is_cue(side, at) {
            continue;
        }
        let mut reached = 0;
        for (place, parity) in parities.iter_mut().enumerate().skip(at + 1) {
            let ends_before = place > at + 1 && side.clause_ends(place - 1);
            if reached == REACH || ends_before || breaks(side.folded(place)) {
                break;
            }
            if side.words[place].is_content() {
                reached += 1;
                *parity = Parity {
                    negated: !parity.negated,
                    rank: reached,
                };
            }
        }
    }
    parities
}

/// A word that turns others round, as far as its spelling tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cue {
    Always,
    Before(&'static str),
    NotBefore(&'static [&'static str]),
}

pub(super) fn cue(folded: &str) -> Option<Cue> {
    Some(match folded {
        "not" => Cue::NotBefore(&[
            "only",
            "just",
            "until",
            "more",
            "less",
            "later",
            "least",
            "necessarily",
        ]),
        "no" => Cue::NotBefore(&["more", "less", "later", "doubt", "sooner", "matter"]),
        "never" | "none" | "neither" | "nor" | "without" | "cannot" | "nobody" | "nothing" | "nowhere"
        | "unable" | "lack" | "lacks" | "lacked" | "lacking" | "hardly" | "rarely" | "seldom" | "barely"
        | "absence" => Cue::Always,
        "fail" | "fails" | "failed" | "refuse" | "refuses" | "refused" | "decline" | "declined"
        | "declines" => Cue::Before("to"),
        "rather" => Cue::Before("than"),
        "instead" => Cue::Before("of"),
        "far" => Cue::Before("from"),
        "yet" => Cue::Before("to"),
        word if word.ends_with("n't") => Cue::Always,
        _ => return None,
    })
}

pub(super) fn is_cue(side: Side<'_>, at: usize) -> bool {
    match side.signs(at).cue {
        None => false,
        Some(Cue::Always) => true,
        Some(Cue::Before(word)) => side.folded(at + 1) == word,
        Some(Cue::NotBefore(words)) => !words.contains(&side.folded(at + 1)),
    }
}

/// Whether any word turns others round.
pub(super) fn negates(side: Side<'_>) -> bool {
    (0..side.words.len()).any(|at| is_cue(side, at))
}

fn breaks(word: &str) -> bool {
    matches!(
        word,
        "but" | "because" | "although" | "though" | "while" | "whereas" | "which" | "who" | "unless" | "if"
    )
}

/// Words that are said on one side and denied on the other.
pub(super) fn contradictions(claim: &Stated<'_>, span: &Stated<'_>) -> Option<Contradiction> {
    let (claim_negates, span_negates) = (claim.negates, span.negates);
    let (claimed, told) = (&claim.parities, &span.parities);
    let (claim, span) = (claim.side, span.side);
    if !claim_negates && !span_negates {
        return None;
    }
    for rank in 1..=2 {
        for (word, parity) in claim.words.iter().zip(claimed) {
            if !word.is_content() {
                continue;
            }
            let mut same = span
                .words
                .iter()
                .zip(told)
                .filter(|(other, _)| other.stem == word.stem)
                .map(|(_, parity)| parity)
                .peekable();
            if same.peek().is_none() {
                continue;
            }
            let is_head = |other: &Parity| {
                (parity.negated && parity.rank == rank) || (other.negated && other.rank == rank)
            };
            let mut against = false;
            let mut agrees = false;
            // The claim may say a word and deny it too, of different things.
            let also = |negated: bool| {
                let mut own = claim.words.iter().zip(claimed);
                own.any(|(own, parity)| own.stem == word.stem && parity.negated == negated)
            };
            for other in same {
                agrees |= other.negated == parity.negated;
                against |= other.negated != parity.negated && is_head(other) && !also(other.negated);
            }
            if agrees && rank == 1 && parity.negated {
                return None;
            }
            if against && !agrees && !(parity.negated && has_opposites(claim, span)) {
                let shown = word.of(claim.text);
                return Some(Contradiction::Against(if parity.negated {
                    format!("the source says \u{201c}{shown}\u{201d} without a negation")
                } else {
                    format!("the source denies \u{201c}{shown}\u{201d}")
                }));
            }
        }
    }
    let denied = |parities: &[Parity]| parities.iter().any(|parity| parity.negated);
    (claim_negates && !span_negates && denied(claimed) && !has_opposites(claim, span))
        .then(|| Contradiction::Missing("the source has no such negation".to_owned()))
}

/// A denial may be told by an opposite: "not allowed" by "denied".
fn has_opposites(claim: Side<'_>, span: Side<'_>) -> bool {
    claim.words.iter().any(|word| {
        super::antonyms::opposite_in(claim, word, span).is_some()
            || super::effects::is_opposed(claim, word, span)
    })
}
