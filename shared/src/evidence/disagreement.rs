//! Disagreements between passages: sentences of different documents about the same thing whose numbers, dates or
//! negations differ. Precision comes before recall: each sentence has to contradict the other.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use super::{
    align, contradiction, side::Side, sources::Sources, statement::Statement, verifier::citation, words::Word,
};
use crate::domain::{Disagreement, Passage};

/// Words in more sentences than this do not pair sentences.
const MAX_FREQUENCY: usize = 24;
/// Minimum weight of the shared words, as a share of the lighter sentence.
const MIN_SHARED: f32 = 0.66;
/// Minimum number of different words that they share, numbers aside.
const MIN_SHARED_WORDS: usize = 3;
/// Maximum number of disagreements reported.
const MAX_REPORTED: usize = 10;
/// Maximum number of words in a subject.
const SUBJECT_WORDS: usize = 6;

/// The disagreements between passages, each pair of documents once per subject. Source `n` is `passages[n - 1]`.
pub fn disagreements(passages: &[Passage]) -> Vec<Disagreement> {
    let sources = Sources::read(passages);
    let subjects: Vec<Subject<'_>> = (0..sources.sentences.len())
        .map(|place| Subject::new(sources.side(&(place..place + 1))))
        .collect();
    let mut found: Vec<Disagreement> = Vec::new();
    let mut reported = BTreeSet::new();
    for first in 0..sources.sentences.len() {
        for second in about_the_same(&sources, &subjects, first) {
            if found.len() == MAX_REPORTED {
                return found;
            }
            let (one, other) = (
                sources.side(&(first..first + 1)),
                sources.side(&(second..second + 1)),
            );
            if !contradict_each_other(one, other) {
                continue;
            }
            let subject = subject(one, other);
            let documents =
                [first, second].map(|place| &passages[sources.sentences[place].source].id.document);
            if reported.insert((documents, subject.clone())) {
                let cite = |claim: Side<'_>, place: usize| {
                    let source = sources.sentences[place].source;
                    let bytes: Range<usize> = align::narrow(&sources, claim, &(place..place + 1));
                    citation(source + 1, &passages[source], bytes)
                };
                found.push(Disagreement {
                    subject,
                    citations: vec![cite(other, first), cite(one, second)],
                });
            }
        }
    }
    found
}

/// The subject of a sentence: its distinct content words without numbers, and their total weight.
struct Subject<'a> {
    words: Vec<&'a Word>,
    weight: f32,
}

impl<'a> Subject<'a> {
    fn new(side: Side<'a>) -> Self {
        let words = content_words(side);
        Self {
            weight: words.iter().map(|word| word.weight).sum(),
            words,
        }
    }
}

/// The later sentences of other documents that share enough rare words with the first.
fn about_the_same(sources: &Sources<'_>, subjects: &[Subject<'_>], first: usize) -> Vec<usize> {
    let document = |place: usize| &sources.passages[sources.sentences[place].source].id.document;
    let mut shared: HashMap<usize, (f32, usize)> = HashMap::new();
    for word in &subjects[first].words {
        let sentences_with = sources.sentences_with(word.stem);
        if sentences_with.len() > MAX_FREQUENCY {
            continue;
        }
        for &second in &sentences_with[sentences_with.partition_point(|&second| second as usize <= first)..] {
            let second = second as usize;
            if document(second) != document(first) {
                let entry = shared.entry(second).or_default();
                *entry = (entry.0 + word.weight, entry.1 + 1);
            }
        }
    }
    let mut same: Vec<usize> = shared
        .into_iter()
        .filter(|(second, (both, words))| {
            let least = MIN_SHARED * subjects[first].weight.min(subjects[*second].weight);
            *words >= MIN_SHARED_WORDS && *both >= least
        })
        .map(|(second, _)| second)
        .collect();
    same.sort_unstable();
    same
}

/// The distinct content words of a sentence without its numbers, which may differ.
fn content_words<'a>(side: Side<'a>) -> Vec<&'a Word> {
    let mut seen = BTreeSet::new();
    side.words
        .iter()
        .filter(|word| {
            word.is_content()
                && !word
                    .as_written(side.text)
                    .starts_with(|c: char| c.is_ascii_digit())
        })
        .filter(|word| seen.insert(word.stem))
        .collect()
}

/// Whether each of two sentences contradicts the other.
fn contradict_each_other(one: Side<'_>, other: Side<'_>) -> bool {
    let (one, other) = (&Statement::parse(one), &Statement::parse(other));
    let against = |claim: &Statement<'_>, span: &Statement<'_>| {
        let contradictions = contradiction::plain(claim, span, &[]);
        contradictions
            .iter()
            .filter(|contradiction| contradiction.is_against())
            .count()
    };
    let (there, back) = (against(one, other), against(other, one));
    // Different figures at different times are a series, not a contradiction.
    let is_a_series = there > 1 && contradiction::times_differ(one, other);
    there > 0 && back > 0 && !is_a_series
}

/// The content words that both sentences have, as the first writes them.
fn subject(one: Side<'_>, other: Side<'_>) -> String {
    let shared = content_words(one)
        .into_iter()
        .filter(|word| other.words.iter().any(|same| same.stem == word.stem));
    let words: Vec<&str> = shared
        .take(SUBJECT_WORDS)
        .map(|word| word.as_written(one.text))
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

    fn between(one: &str, other: &str) -> usize {
        disagreements(&[passage("a", one), passage("b", other)]).len()
    }

    #[test]
    fn numbers_dates_and_negations_that_differ_are_reported_with_both_quotations() {
        let passages = [
            passage(
                "a",
                "Rain fell. Lumen Ledger keeps idempotency records for 24 hours.",
            ),
            passage(
                "b",
                "Every record is small. Lumen Ledger keeps idempotency records for 72 hours.",
            ),
        ];
        let found = disagreements(&passages);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject, "Lumen Ledger keeps idempotency records hours");
        let quotes: Vec<&str> = found[0]
            .citations
            .iter()
            .map(|citation| citation.quote.as_str())
            .collect();
        assert_eq!(
            quotes,
            [
                "Lumen Ledger keeps idempotency records for 24 hours.",
                "Lumen Ledger keeps idempotency records for 72 hours."
            ]
        );
        assert_eq!(
            between(
                "Tidewater moved to Lambda in March 2023.",
                "Tidewater moved to Lambda in May 2023."
            ),
            1
        );
        assert_eq!(
            between(
                "Petrel does not cache error responses.",
                "Petrel caches error responses for 30 seconds."
            ),
            1
        );
    }

    #[test]
    fn sentences_that_agree_or_have_different_subjects_are_not_reported() {
        for (one, other) in [
            (
                "Petrel caches error responses for 30 seconds.",
                "Petrel caches error responses for half a minute, 30 s.",
            ),
            (
                "The Basel outage lasted 43 minutes.",
                "The Turin outage lasted 34 minutes.",
            ),
            (
                "Lumen Ledger allows three attempts per call.",
                "Lumen Ledger opens the breaker after five failures.",
            ),
            ("The tower is 31 metres tall.", "The tower was lit in 1871."),
            (
                "The dough rests for 12 hours.",
                "The dough rests for 12 hours at 5 °C.",
            ),
        ] {
            assert_eq!(between(one, other), 0, "{one} / {other}");
        }
        let same = [
            passage("a", "The lamp is 3 m tall."),
            passage("a", "The lamp is 4 m tall."),
        ];
        assert_eq!(disagreements(&same).len(), 0, "one document is not two sources");
    }

    #[test]
    fn a_series_over_time_is_no_contradiction() {
        let (one, other) = (
            "Unemployment in Norrland fell to 4.1 percent in 2019.",
            "Unemployment in Norrland fell to 3.9 percent in 2020.",
        );
        assert_eq!(between(one, other), 0);
    }
}
