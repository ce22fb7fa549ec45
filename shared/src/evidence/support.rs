//! Support scores: the probability that a passage supports a claim, and its stance. They measure and rank; the
//! verifier, which requires a quotation, decides what an answer shows.
//!
//! The coefficients were fitted by logistic regression on every second line of BEGIN, FEVER-Symmetric and HaluEval,
//! each set and label weighing the same; the bounds of a stance on every second claim of SciFact.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    align::Aligner,
    claims::assertions,
    contradiction::{self, Contradiction},
    predicate::predicate,
    side::Side,
    sources::Sources,
    statement::Statement,
    words::Word,
};

/// The intercept, in log-odds.
const INTERCEPT: f32 = -3.2;
/// The coefficient of each feature.
const PREDICATE: f32 = 3.0;
const IN_ORDER: f32 = 2.6;
const AGAINST: f32 = -2.3;
const FIRST_PERSON: f32 = -1.3;
/// A passage with a smaller share of the claim is neutral.
const MIN_ANYWHERE: f32 = 0.55;
/// Minimum share of the close alignments that contradict the claim for the passage to refute it.
const MIN_CONTESTED: f32 = 0.25;
/// The probability from which a text counts as supported.
pub const LIKELY: f32 = 0.55;
/// Maximum number of alignments that count as close.
const MAX_CLOSE: usize = 6;

/// Features of a passage compared with a claim. Shares are 0 to 1, by the weight of the words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// The share of the claim that is anywhere in the passage or its title.
    pub anywhere: f32,
    /// The share of the claim's predicate that is there.
    pub predicate: f32,
    /// The share of the claim's words that a sentence or two have in the same order: their longest common subsequence.
    pub in_order: f32,
    /// Whether a rule finds that the closest alignment contradicts the claim.
    pub against: bool,
    /// The share of the close alignments, by coverage, that contradict it.
    pub contested: f32,
    /// Whether the claim is in the first person and the passage is not: no source can support that.
    pub is_first_person: bool,
}

/// The stance of a text towards a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It says the same.
    Supports,
    /// It says otherwise.
    Refutes,
    /// It says too little of it.
    Neutral,
}

impl Support {
    /// The probability, 0 to 1, that the passage supports the claim.
    pub fn probability(&self) -> f32 {
        let when = |holds: bool, weight: f32| if holds { weight } else { 0.0 };
        let log_odds = INTERCEPT
            + PREDICATE * self.predicate
            + IN_ORDER * self.in_order
            + when(self.against, AGAINST)
            + when(self.is_first_person, FIRST_PERSON);
        1.0 / (1.0 + (-log_odds).exp())
    }

    /// The stance of the passage as a whole.
    pub fn stance(&self) -> Stance {
        if self.anywhere < MIN_ANYWHERE {
            Stance::Neutral
        } else if self.contested >= MIN_CONTESTED {
            Stance::Refutes
        } else {
            Stance::Supports
        }
    }
}

/// The lowest probability, 0 to 1, over the assertions of a text that the passage supports them; 0 without assertions.
pub fn probability(text: &str, passage: &str, title: &str) -> f32 {
    let sentences = assertions(text);
    let each = sentences
        .iter()
        .map(|sentence| support(&sentence.text, passage, title).probability());
    each.reduce(f32::min).unwrap_or_default()
}

/// Compares a claim with a passage that has this title.
pub fn support(claim: &str, passage: &str, title: &str) -> Support {
    let mut sources = Sources::from_texts([(passage, [title, ""])]);
    let words = sources.lexicon.read(claim, 0..claim.len());
    let side = Side {
        text: claim,
        words: &words,
        lexicon: &sources.lexicon,
    };
    let statement = Statement::parse(side);
    let close: Vec<(f32, bool)> = Aligner::new(&sources)
        .align(&sources, side, &[0])
        .into_iter()
        .take(MAX_CLOSE)
        .map(|alignment| {
            let contradictions = contradiction::contradictions(
                &statement,
                sources.side(&alignment.sentences),
                sources.context(alignment.sentences.start),
            );
            (
                alignment.coverage,
                contradictions.iter().any(Contradiction::is_against),
            )
        })
        .collect();
    let there: HashSet<u32> = sources
        .words(0)
        .iter()
        .map(|word| word.stem)
        .chain(sources.heading_stems(0).iter().copied())
        .collect();
    Support {
        anywhere: share(&words, &there).unwrap_or_default(),
        // A claim without a predicate of its own, such as a name, is all predicate.
        predicate: share(predicate(side), &there).unwrap_or(1.0),
        in_order: in_order(&words, &sources),
        against: close.first().is_some_and(|(_, against)| *against),
        contested: contested(&close),
        is_first_person: is_in_first_person(side) && !is_in_first_person(sources.full_text(0)),
    }
}

/// The share of the distinct content words, by weight, that are there; `None` without any.
fn share(words: &[Word], there: &HashSet<u32>) -> Option<f32> {
    let mut seen = HashSet::new();
    let content_words = words
        .iter()
        .filter(|word| word.is_content() && seen.insert(word.stem));
    let (found, all) = content_words.fold((0.0, 0.0), |(found, all), word| {
        let weight = if there.contains(&word.stem) {
            word.weight
        } else {
            0.0
        };
        (found + weight, all + word.weight)
    });
    (all > 0.0).then(|| found / all)
}

/// The longest common subsequence with any sentence and the next, as a share of the claim's words.
fn in_order(claim: &[Word], sources: &Sources<'_>) -> f32 {
    let sentences = sources.sentences_in(0);
    let longest = sentences
        .clone()
        .map(|first| sources.side(&(first..(first + 2).min(sentences.end))).words)
        .map(|words| longest_common_subsequence(claim, words))
        .max();
    longest.unwrap_or_default() as f32 / claim.len().max(1) as f32
}

fn longest_common_subsequence(one: &[Word], other: &[Word]) -> usize {
    let mut row = vec![0_usize; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (place, theirs) in other.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if word.stem == theirs.stem {
                diagonal + 1
            } else {
                above.max(row[place])
            };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The share of the close alignments, by coverage, that contradict the claim.
fn contested(close: &[(f32, bool)]) -> f32 {
    let sum = |is_included: &dyn Fn(bool) -> bool| {
        let coverages = close.iter().filter(|(_, against)| is_included(*against));
        coverages.fold(0.0, |sum, (coverage, _)| sum + coverage)
    };
    let all = sum(&|_| true);
    if all > 0.0 {
        sum(&|against| against) / all
    } else {
        0.0
    }
}

fn is_in_first_person(side: Side<'_>) -> bool {
    side.words.iter().any(|word| {
        matches!(
            side.lexicon.folded(word),
            "i" | "me" | "my" | "mine" | "we" | "us" | "our" | "i'm" | "i've" | "i'd" | "i'll"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSAGE: &str =
        "The lighthouse on Skarv Rock is 31 metres tall. Its lamp was lit in 1871 by Ada Holm.";

    #[test]
    fn the_predicate_counts_more_than_the_subject() {
        let score = |claim| probability(claim, PASSAGE, "Skarv Rock");
        let supported = score("The lighthouse on Skarv Rock is 31 metres tall.");
        assert!(supported > LIKELY, "{supported}");
        for wrong in [
            "The lighthouse on Skarv Rock is a bakery.",
            "The lighthouse on Skarv Rock is 13 metres tall.",
            "I love the lighthouse on Skarv Rock.",
            "The lamp was not lit in 1871.",
        ] {
            assert!(score(wrong) < LIKELY, "{wrong}: {}", score(wrong));
        }
    }

    #[test]
    fn a_text_scores_as_its_worst_sentence_and_zero_without_assertions() {
        let both = "The lighthouse on Skarv Rock is 31 metres tall. It is a bakery.";
        let worst = probability("It is a bakery.", PASSAGE, "");
        assert_eq!(probability(both, PASSAGE, ""), worst);
        assert_eq!(probability("How tall is it?", PASSAGE, ""), 0.0);
        assert_eq!(probability("", "", ""), 0.0);
    }

    #[test]
    fn a_passage_supports_or_refutes_only_claims_about_its_subject() {
        let stance = |claim| support(claim, PASSAGE, "").stance();
        assert_eq!(
            stance("The lighthouse on Skarv Rock is 31 metres tall."),
            Stance::Supports
        );
        assert_eq!(
            stance("The lighthouse on Skarv Rock is 13 metres tall."),
            Stance::Refutes
        );
        assert_eq!(stance("The bakery in Turin closes at noon."), Stance::Neutral);
    }

    proptest::proptest! {
        #[test]
        fn shares_of_any_text_are_between_zero_and_one(claim in "(\\PC|[a-z0-9.,' ]){0,80}", passage in "(\\PC|[a-z0-9.,'\n ]){0,160}") {
            let found = support(&claim, &passage, "");
            for share in [found.anywhere, found.predicate, found.in_order, found.contested, found.probability()] {
                proptest::prop_assert!((0.0..=1.0001).contains(&share) && share.is_sign_positive(), "{share}");
            }
        }
    }
}
