//! Writing without a model: the sentences of the passages that say most about the question, verbatim, each with the
//! number of its source.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use crate::{
    agents::{entities::entities, retrieval::Retrieved},
    domain::{EntityKind, Passage, Question},
    evidence::{
        confidence::{coverage, terms},
        markers::markers,
        sentences::sentences,
    },
};

/// The most sentences of an answer.
const MAX_SENTENCES: usize = 3;
/// Words of a sentence that can stand alone: fewer is a fragment, more is a list in disguise.
const WORDS: Range<usize> = 4..70;
/// A further sentence has to be this good, as a share of the best one.
const FURTHER: f64 = 0.85;
/// How much what was said already counts against a sentence (maximal marginal relevance, Carbonell and Goldstein 1998).
const REDUNDANCY: f64 = 0.5;
/// Below this share of the question's weight, the best sentence is no answer.
const LEAST_COVERAGE: f64 = 0.4;
/// What the title and headings over a sentence count for the terms that it does not repeat.
const CONTEXT: f64 = 0.5;
/// Characters that count as one token.
const CHARACTERS_PER_TOKEN: usize = 4;

struct Candidate<'a> {
    source: usize,
    text: &'a str,
    terms: HashSet<String>,
    coverage: f64,
    score: f64,
}

/// Quotes the best evidence for a question, and for each of its parts that this says nothing about.
pub(super) fn quote(question: &Question, retrieved: &Retrieved, max_tokens: Option<u32>) -> Option<String> {
    let Retrieved {
        passages,
        weights,
        parts,
        ..
    } = retrieved;
    let mut text = extract(question, weights, passages, max_tokens).unwrap_or_default();
    for part in parts {
        let said = terms([text.as_str()]);
        let others = |term: &String| {
            parts
                .iter()
                .any(|other| other.question != part.question && other.weights.contains_key(term))
        };
        // What tells a part from the others: a side's name, or what a question is about.
        let own: Vec<&String> = part.weights.keys().filter(|term| !others(term)).collect();
        if own.is_empty() || !own.iter().all(|term| said.contains(*term)) {
            let one = extract(&part.question, &part.weights, passages, Some(1));
            let new = one.filter(|one| !text.contains(one.as_str()));
            text.extend(new.map(|one| format!(" {one}")));
        }
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Quotes the best evidence; `None` when no sentence says enough about the question. `weights` tells how much each of
/// its terms counts; `max_tokens` bounds the length, but at least one sentence is quoted.
fn extract(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
    max_tokens: Option<u32>,
) -> Option<String> {
    let mut candidates = candidates(question, weights, passages);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let best = candidates.first()?;
    let floor = best.score * FURTHER;
    if best.coverage < LEAST_COVERAGE {
        return None;
    }
    let mut chosen: Vec<Candidate<'_>> = Vec::new();
    let mut room = max_tokens.map_or(usize::MAX, |tokens| tokens as usize * CHARACTERS_PER_TOKEN);
    while chosen.len() < MAX_SENTENCES && !candidates.is_empty() {
        let worth = |candidate: &Candidate<'_>| {
            let said = chosen
                .iter()
                .map(|other| overlap(candidate, other))
                .fold(0.0, f64::max);
            candidate.score - REDUNDANCY * said
        };
        let (place, value) = candidates
            .iter()
            .enumerate()
            .map(|(place, candidate)| (place, worth(candidate)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let candidate = candidates.swap_remove(place);
        let fits = candidate.text.chars().count() <= room;
        if !chosen.is_empty() && (value < floor || !fits) {
            break;
        }
        room = room.saturating_sub(candidate.text.chars().count());
        chosen.push(candidate);
    }
    let sentence = |candidate: &Candidate<'_>| {
        let line = candidate.text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{line} [{}]", candidate.source)
    };
    Some(chosen.iter().map(sentence).collect::<Vec<_>>().join(" "))
}

fn candidates<'a>(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &'a [Passage],
) -> Vec<Candidate<'a>> {
    let top = passages
        .iter()
        .map(|passage| passage.score)
        .fold(f64::MIN_POSITIVE, f64::max);
    let expected = Expected::of(question.as_str());
    let mut candidates = Vec::new();
    for (source, passage) in (1..).zip(passages) {
        let over = terms([passage.header.title.as_str(), &passage.context]);
        for range in sentences(&passage.text) {
            let text = &passage.text[range];
            let words = text.split_whitespace().count();
            // A marker of the source's own would read as one of ours; a sentence cut off by the chunk is not one.
            if !WORDS.contains(&words) || !markers(text).is_empty() || !is_whole(text) {
                continue;
            }
            let terms = terms([text]);
            let own = coverage(weights, |term| terms.contains(term));
            let both = coverage(weights, |term| terms.contains(term) || over.contains(term));
            let coverage = own + CONTEXT * (both - own);
            let hint = if expected.is_met(text) { 0.15 } else { 0.0 };
            let dangling = if leans_on_what_came_before(text) {
                0.12
            } else {
                0.0
            };
            candidates.push(Candidate {
                source,
                text,
                terms,
                coverage,
                score: coverage + 0.2 * passage.score / top + hint - dangling,
            });
        }
    }
    candidates
}

fn is_whole(sentence: &str) -> bool {
    let begins = sentence.starts_with(|c: char| !c.is_lowercase());
    let ends = sentence
        .trim_end_matches(['"', '”', '\'', ')', '*', '_', '`'])
        .ends_with(['.', '!', '?', '。', '！', '？', '…']);
    begins && ends
}

fn leans_on_what_came_before(sentence: &str) -> bool {
    const LEANING: [&str; 16] = [
        "It",
        "This",
        "That",
        "These",
        "Those",
        "They",
        "He",
        "She",
        "Its",
        "Their",
        "But",
        "So",
        "However",
        "Then",
        "Instead",
        "Therefore",
    ];
    let first = sentence
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    LEANING.contains(&first)
}

fn overlap(a: &Candidate<'_>, b: &Candidate<'_>) -> f64 {
    let both = a.terms.intersection(&b.terms).count() as f64;
    both / (a.terms.len().min(b.terms.len()).max(1)) as f64
}

/// What kind of answer a question asks for.
enum Expected {
    Number,
    Date,
    Person,
    Anything,
}

impl Expected {
    fn of(question: &str) -> Self {
        let question = question.to_lowercase();
        let asks = |words: &[&str]| words.iter().any(|word| question.contains(word));
        if asks(&[
            "how many",
            "how much",
            "how long",
            "how fast",
            "how often",
            "how large",
            "how big",
            "how old",
            "what percentage",
        ]) {
            Self::Number
        } else if asks(&[
            "when ",
            "what year",
            "which year",
            "what date",
            "what month",
            "which month",
        ]) {
            Self::Date
        } else if question.starts_with("who ") || question.contains(" who ") {
            Self::Person
        } else {
            Self::Anything
        }
    }

    fn is_met(&self, sentence: &str) -> bool {
        let has = |kinds: &[EntityKind]| {
            entities(sentence)
                .iter()
                .any(|entity| kinds.contains(&entity.kind))
        };
        match self {
            Self::Number => sentence.contains(|c: char| c.is_numeric()),
            Self::Date => has(&[EntityKind::Date]),
            Self::Person => has(&[EntityKind::Name]),
            Self::Anything => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::test_passages::passage;

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
    fn a_title_stands_for_what_its_sentences_do_not_repeat() {
        let passages = [
            passage(
                "other",
                "A lens of the first order makes a beam of the lamp, they say.",
            ),
            passage("lamp", "Its first keeper was Ada Holm."),
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
            draft.starts_with("Its first keeper was Ada Holm. [2]"),
            "{}",
            draft
        );
    }

    #[test]
    fn says_nothing_when_no_sentence_is_about_it() {
        let passages = [passage(
            "a",
            "Bread needs time and flour. It is baked in an oven.",
        )];
        let weights = weights(&[("quantum", 5.0), ("bread", 1.0)]);
        assert_eq!(extract(&ask("quantum bread?"), &weights, &passages, None), None);
        assert_eq!(extract(&ask("quantum bread?"), &weights, &[], None), None);
    }

    #[test]
    fn keeps_to_the_length_asked_for() {
        let text = "Cold starts are slow in Java here. Cold starts are fast in Rust there. Cold starts vary by memory size.";
        let passages = [passage("a", text)];
        let weights = weights(&[("cold", 1.0), ("start", 1.0)]);
        let short = extract(&ask("cold starts?"), &weights, &passages, Some(5)).unwrap();
        assert_eq!(markers(&short).len(), 1, "at least one sentence: {}", short);
    }
}
