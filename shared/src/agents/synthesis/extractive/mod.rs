//! Extractive answers: the sentences that answer a question best, quoted verbatim with citation markers, without a model.

pub(super) mod quotable;
pub mod select;

use std::{collections::BTreeMap, ops::Range};

use crate::{
    agents::retrieval::Retrieved,
    domain::{Passage, Question},
    evidence::{confidence::terms, disagreement::Conflict},
};
use select::{SentenceCandidate, candidates};

/// Maximum number of sentences, not counting those that only introduce another one.
const MAX_SENTENCES: usize = 3;
/// Maximum difference in score to the best sentence, if that does not answer the question completely.
const MAX_GAP_INCOMPLETE: f64 = 1.2;
/// Maximum difference in score to the best sentence, if that covers the question and has the expected kind of answer.
const MAX_GAP_COMPLETE: f64 = 0.4;
/// Share of the question's weight from which it counts as covered.
const COMPLETE_COVERAGE: f64 = 0.9;
/// Penalty of overlap with the sentences chosen so far (maximal marginal relevance, Carbonell and Goldstein 1998).
const REDUNDANCY_PENALTY: f64 = 1.0;
/// Minimum share of the question's weight that the best sentence must cover.
const MIN_COVERAGE: f64 = 0.2;
/// Characters per token.
const CHARACTERS_PER_TOKEN: usize = 4;

/// Quotes the best evidence for a question, and for each of its parts that this does not cover. Returns `None` if no
/// sentence says enough.
pub fn quote(question: &Question, retrieved: &Retrieved, max_tokens: Option<u32>) -> Option<String> {
    let Retrieved {
        passages,
        weights,
        parts,
        ..
    } = retrieved;
    let mut text = extract(question, weights, passages, max_tokens).unwrap_or_default();
    for part in parts {
        let covered = terms([text.as_str()]);
        let is_shared = |term: &String| {
            parts
                .iter()
                .any(|other| other.question != part.question && other.weights.contains_key(term))
        };
        // The terms that only this part has: the name of a side, or the subject of a question.
        let own_terms: Vec<&String> = part.weights.keys().filter(|term| !is_shared(term)).collect();
        if own_terms.is_empty() || !own_terms.iter().all(|term| covered.contains(*term)) {
            let one = extract(&part.question, &part.weights, passages, Some(1));
            let new = one.filter(|one| !text.contains(one.as_str()));
            text.extend(new.map(|one| format!(" {one}")));
        }
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Quotes the best evidence; `None` if no sentence says enough about the question. `max_tokens` limits the length, but at
/// least one sentence is quoted.
fn extract(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
    max_tokens: Option<u32>,
) -> Option<String> {
    let chosen = choose(candidates(question, weights, passages), max_tokens);
    let mut ranges: Vec<(usize, Range<usize>)> = Vec::new();
    for SentenceCandidate {
        source,
        range,
        leading,
        ..
    } in chosen
    {
        for range in leading.into_iter().chain([range]) {
            if !ranges.contains(&(source, range.clone())) {
                ranges.push((source, range));
            }
        }
    }
    let sentence = |(source, range): &(usize, Range<usize>)| {
        let text = &passages[*source].text[range.clone()];
        format!("{} [{}]", on_one_line(text), source + 1)
    };
    (!ranges.is_empty()).then(|| ranges.iter().map(sentence).collect::<Vec<_>>().join(" "))
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds every side of the conflicts about a question to a quoted answer. Returns `None` if there is no answer and no
/// conflict.
pub fn quote_all_sides(text: Option<String>, conflicts: &[Conflict]) -> Option<String> {
    conflicts.iter().fold(text, |text, conflict| {
        Some(with_all_sides(&text.unwrap_or_default(), conflict))
    })
}

/// A text with every side of a conflict: after the side that it quotes, or first.
fn with_all_sides(text: &str, conflict: &Conflict) -> String {
    let mut end = None;
    let mut left_out = Vec::new();
    for citation in &conflict.disagreement.citations {
        let line = on_one_line(&citation.quote);
        let place = text.find(&line).and_then(|at| {
            text[at + line.len()..]
                .find(']')
                .map(|marker| at + line.len() + marker + 1)
        });
        match place {
            Some(place) => end = end.or(Some(place)),
            None => left_out.push(format!("{line} [{}]", citation.source)),
        }
    }
    let (before, after) = text.split_at(end.unwrap_or_default());
    let left_out = left_out.join(" ");
    let parts = [before, &left_out, after].map(str::trim);
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Chooses the sentences to quote, best first; empty if the best one does not cover enough.
fn choose(mut candidates: Vec<SentenceCandidate>, max_tokens: Option<u32>) -> Vec<SentenceCandidate> {
    let Some(best) = candidates.first() else {
        return Vec::new();
    };
    let is_complete = best.coverage >= COMPLETE_COVERAGE && best.is_expected != Some(false);
    let floor = best.score
        - if is_complete {
            MAX_GAP_COMPLETE
        } else {
            MAX_GAP_INCOMPLETE
        };
    if best.coverage < MIN_COVERAGE {
        return Vec::new();
    }
    let mut chosen: Vec<SentenceCandidate> = Vec::new();
    let mut room = max_tokens.map_or(usize::MAX, |tokens| tokens as usize * CHARACTERS_PER_TOKEN);
    while chosen.len() < MAX_SENTENCES {
        let value = |candidate: &SentenceCandidate| {
            let redundancy = chosen
                .iter()
                .map(|other| overlap(candidate, other))
                .fold(0.0, f64::max);
            candidate.score - REDUNDANCY_PENALTY * redundancy
        };
        let values = candidates.iter().map(value).enumerate();
        let Some((place, value)) = values.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else {
            break;
        };
        let candidate = candidates.remove(place);
        let length = candidate
            .leading
            .iter()
            .chain([&candidate.range])
            .map(ExactSizeIterator::len)
            .sum();
        if !chosen.is_empty() && (value < floor || length > room) {
            break;
        }
        room = room.saturating_sub(length);
        chosen.push(candidate);
    }
    chosen
}

/// Overlap coefficient: the share of the shorter sentence's words that the other contains.
fn overlap(a: &SentenceCandidate, b: &SentenceCandidate) -> f64 {
    let both = a.stems.intersection(&b.stems).count() as f64;
    both / (a.stems.len().min(b.stems.len()).max(1)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::markers::markers, retrieval::test_passages::passage};

    fn weights(terms: &[(&str, f64)]) -> BTreeMap<String, f64> {
        terms
            .iter()
            .map(|&(term, weight)| (term.to_owned(), weight))
            .collect()
    }

    fn ask(text: &str) -> Question {
        Question::parse(text).unwrap()
    }

    #[test]
    fn quotes_the_sentence_that_answers() {
        let passages = [
            passage(
                "a",
                "Bread needs time. The cold start of the function took 90 ms in March.",
            ),
            passage(
                "b",
                "A cold start is slow. It varies a lot with everything else around.",
            ),
        ];
        let weights = weights(&[("cold", 2.0), ("start", 2.0), ("function", 1.0)]);
        let draft = extract(
            &ask("How long did the cold start of the function take?"),
            &weights,
            &passages,
            None,
        );
        let text = draft.unwrap();
        assert!(
            text.starts_with("The cold start of the function took 90 ms in March. [1]"),
            "{text}"
        );
    }

    #[test]
    fn a_title_counts_as_context_and_a_pronoun_follows_its_antecedent() {
        let passages = [
            passage(
                "other",
                "A lens of the first order makes a beam of the lamp, they say.",
            ),
            passage("lamp", "The tower is high. Its first keeper was Ada Holm."),
        ];
        let weights = weights(&[("lamp", 2.0), ("first", 1.0), ("keeper", 2.0)]);
        let draft = extract(
            &ask("Who was the first keeper of the lamp?"),
            &weights,
            &passages,
            None,
        )
        .unwrap();
        assert!(
            draft.starts_with("The tower is high. [2] Its first keeper was Ada Holm. [2]"),
            "{}",
            draft
        );
    }

    #[test]
    fn quotes_nothing_if_no_sentence_is_about_the_question() {
        let passages = [passage(
            "a",
            "Bread needs time and flour. It is baked in an oven.",
        )];
        let weights = weights(&[("quantum", 5.0), ("bread", 1.0)]);
        assert_eq!(extract(&ask("quantum bread?"), &weights, &passages, None), None);
        assert_eq!(extract(&ask("quantum bread?"), &weights, &[], None), None);
    }

    #[test]
    fn respects_the_maximum_length() {
        let text = "Cold starts are slow in Java here. Cold starts are fast in Rust there. Cold starts vary by memory size.";
        let passages = [passage("a", text)];
        let weights = weights(&[("cold", 1.0), ("start", 1.0)]);
        let short = extract(&ask("cold starts?"), &weights, &passages, Some(5)).unwrap();
        assert_eq!(markers(&short).len(), 1, "at least one sentence: {}", short);
    }
}
