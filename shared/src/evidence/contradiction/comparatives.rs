//! Swapped arguments: "A is faster than B", "A came before B" or "A defeated B" with A and B exchanged.

use std::ops::Range;

use super::outcome::Contradiction;
use crate::evidence::{side::Side, words::Word};

/// Maximum number of words on either side that count as what is compared.
const MAX_ARGUMENT_WORDS: usize = 6;

/// A comparison: the word that compares, and the words left and right of it.
struct Comparison {
    word: usize,
    left: Range<usize>,
    right: Range<usize>,
}

/// Words that compare, each with its converse: "A is more than B" is "B is less than A".
const PAIRS: [(&str, &str); 19] = [
    ("more", "less"),
    ("more", "fewer"),
    ("higher", "lower"),
    ("faster", "slower"),
    ("larger", "smaller"),
    ("bigger", "smaller"),
    ("greater", "smaller"),
    ("greater", "less"),
    ("longer", "shorter"),
    ("taller", "shorter"),
    ("older", "younger"),
    ("better", "worse"),
    ("earlier", "later"),
    ("before", "after"),
    ("stronger", "weaker"),
    ("warmer", "colder"),
    ("heavier", "lighter"),
    ("cheaper", "dearer"),
    ("richer", "poorer"),
];

/// `None` unless both texts make the same comparison, in the same word or its converse; else the contradiction, if any.
pub(super) fn contradictions(claim: Side<'_>, span: Side<'_>) -> Option<Option<Contradiction>> {
    let claimed = comparison(claim)?;
    let stated = comparison(span)?;
    let (one, other) = (claim.folded(claimed.word), span.folded(stated.word));
    let same_word = one == other;
    if !same_word && !PAIRS.contains(&(one, other)) && !PAIRS.contains(&(other, one)) {
        return None;
    }
    let words = |side: Side<'_>, range: &Range<usize>| -> Vec<u32> {
        let words = side.words[range.clone()].iter();
        words
            .filter(|word| word.is_content())
            .map(|word| word.stem)
            .collect()
    };
    let shared = |one: &Range<usize>, other: &Range<usize>| {
        let other = words(span, other);
        words(claim, one)
            .iter()
            .filter(|stem| other.contains(stem))
            .count()
    };
    let straight = shared(&claimed.left, &stated.left) + shared(&claimed.right, &stated.right);
    let crossed = shared(&claimed.left, &stated.right) + shared(&claimed.right, &stated.left);
    if straight == crossed {
        return if same_word { Some(None) } else { None };
    }
    let is_swapped = crossed > straight;
    if is_swapped != same_word {
        return Some(None);
    }
    let there = span.shown(stated.left.start, stated.right.end.saturating_sub(1));
    Some(Some(Contradiction::Against(format!(
        "the source says \u{201c}{there}\u{201d}"
    ))))
}

/// The first comparison in a text.
fn comparison(side: Side<'_>) -> Option<Comparison> {
    let around = |word: usize, joint: usize| Comparison {
        word,
        left: word.saturating_sub(MAX_ARGUMENT_WORDS)..word,
        right: joint + 1..(joint + 1 + MAX_ARGUMENT_WORDS).min(side.words.len()),
    };
    for at in 0..side.words.len() {
        let word = side.folded(at);
        if matches!(word, "before" | "after") && at > 0 && at + 1 < side.words.len() {
            return Some(around(at, at));
        }
        if word == "than" {
            let from = at.saturating_sub(4);
            let compares = |place: &usize| {
                let word = side.folded(*place);
                PAIRS.iter().any(|(one, other)| *one == word || *other == word)
            };
            if let Some(place) = (from..at).rev().find(compares)
                && at + 1 < side.words.len()
            {
                return Some(around(place, at));
            }
        }
    }
    None
}

/// Names that change places around a verb: "Byrne beat Holm" against "Holm beat Byrne".
pub(super) fn swapped_names(claim: Side<'_>, span: Side<'_>) -> Option<Contradiction> {
    let is_name = |word: &&Word| word.capital && word.is_content();
    let is_verb = |word: &Word| !word.capital && word.is_content();
    for (place, verb) in claim.words.iter().enumerate().filter(|(_, word)| is_verb(word)) {
        let subject = claim.words[..place].iter().rfind(is_name);
        let object = claim.words[place + 1..].iter().find(is_name);
        let (Some(subject), Some(object)) = (subject, object) else {
            continue;
        };
        if subject.stem == object.stem {
            continue;
        }
        let Some(there) = span.words.iter().position(|word| word.stem == verb.stem) else {
            continue;
        };
        let has = |words: &[Word], stem: u32| words.iter().any(|word| word.stem == stem);
        let (before, after) = (&span.words[..there], &span.words[there + 1..]);
        let crossed = has(before, object.stem) && has(after, subject.stem);
        let straight = has(before, subject.stem) || has(after, object.stem);
        let passive =
            |side: Side<'_>, verb: usize| (verb + 1..verb + 3).any(|place| side.folded(place) == "by");
        let next_to = |side: Side<'_>, verb: usize, from: &Word| {
            side.words[verb + 1..]
                .iter()
                .take(4)
                .any(|word| word.stem == from.stem)
        };
        let near = next_to(claim, place, object) && next_to(span, there, subject);
        if crossed && !straight && near && passive(claim, place) == passive(span, there) {
            let last = after
                .iter()
                .position(|word| word.stem == subject.stem)
                .unwrap_or_default();
            let first = before
                .iter()
                .position(|word| word.stem == object.stem)
                .unwrap_or_default();
            let said = span.shown(first, there + 1 + last);
            return Some(Contradiction::Against(format!(
                "the source says \u{201c}{said}\u{201d}"
            )));
        }
    }
    None
}
