//! Confidence scores of an answer: two probabilities, `retrieval` and `answer`. Length plays no part.
//!
//! The coefficients of `retrieval` were fitted by logistic regression on every second line of Natural Questions with one
//! right passage among 2,600 (1,328 questions); the target is whether the best passage is the right one. Those of `answer`
//! were fitted on questions over two documentation sets and the samples, each also with the right documents taken away, and
//! asked of another set; the target is whether the quotations hold the complete answer. They are rounded.

use std::collections::HashSet;

use super::{confidence_features::ConfidenceFeatures, question::AnswerKind};
use crate::{
    domain::{Claim, Confidence, Verdict},
    retrieval::analyzer,
};

/// Log-odds that the best passage is the right one, and what a clear lead and full coverage add.
const FOUND: f64 = -2.9;
const FOUND_BY_LEAD: f64 = 6.3;
const FOUND_BY_COVERAGE: f64 = 1.9;
/// Log-odds that the answer is complete, and what each signal adds; see [`AnswerSignals`].
mod answered {
    pub(super) const ALONE: f64 = -7.7;
    pub(super) const COVERAGE: f64 = 3.2;
    pub(super) const HEADING: f64 = 1.1;
    pub(super) const REST: f64 = 1.0;
    pub(super) const LITERALS: f64 = 0.3;
    pub(super) const MISSING_NEAR: f64 = -1.9;
    pub(super) const MISSING_NAME: f64 = -5.8;
    pub(super) const MARGIN: f64 = 1.35;
    pub(super) const WORDS: f64 = 1.8;
}
/// What a second source that says the same adds. Not fitted: the sets have one right passage for each question.
const ANSWERED_BY_ANOTHER: f64 = 0.3;
/// The margin, in either direction, beyond which it says no more.
const MAX_MARGIN: f64 = 1.5;
/// The lead over the next document above which a larger lead adds nothing.
const CLEAR_LEAD: f64 = 0.3;
/// The weight of a claim that one source supports and another denies.
const DISPUTED: f64 = 0.5;

/// Signals of the best block that an answer cites.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerSignals {
    /// The share of the question's weight, 0 to 1, that the block covers together with its title and headings.
    pub coverage: f64,
    /// The share that the block and its nearest heading cover of what the title leaves open, 0 to 1.
    pub rest: f64,
    /// The share that the block covers with its nearest heading, 0 to 1.
    pub near: f64,
    /// How much the nearest heading and the question have in common, 0 to 1.
    pub heading: f64,
    /// Whether the block has the words that count as they are written: 1 if all, -1 if none, 0 if the question has none.
    pub literals: f64,
    /// The largest share of the question's weight of a word that is not in the block or its nearest heading, and of a name
    /// or number that is nowhere in the passage.
    pub missing: [f64; 2],
    /// The words that are not in the block, its headings or its title, the heaviest first, as they are written.
    pub missing_words: Vec<String>,
    /// How far the score of the block is ahead of the best block of another document.
    pub margin: f64,
    /// The number of content words in the question.
    pub words: usize,
    /// The kind of answer that the question expects.
    pub expected: AnswerKind,
    /// Whether the block has an answer of that kind; `None` where its form does not show.
    pub is_expected: Option<bool>,
}

impl AnswerSignals {
    /// The log-odds that the block holds the complete answer.
    fn log_odds(&self) -> f64 {
        let [near, name] = self.missing;
        answered::ALONE
            + answered::COVERAGE * self.coverage
            + answered::HEADING * self.heading
            + answered::REST * self.rest
            + answered::LITERALS * self.literals
            + answered::MISSING_NEAR * near
            + answered::MISSING_NAME * name
            + answered::MARGIN * self.margin.clamp(-MAX_MARGIN, MAX_MARGIN)
            + answered::WORDS * (1.0 + self.words as f64).ln()
    }
}

/// The union of the distinct terms of several texts.
pub fn terms<'text>(texts: impl IntoIterator<Item = &'text str>) -> HashSet<String> {
    texts.into_iter().flat_map(analyzer::distinct).collect()
}

/// Computes the confidence of an answer from its features and claims.
pub fn confidence(features: &ConfidenceFeatures, signals: &AnswerSignals, claims: &[Claim]) -> Confidence {
    let mut reasons = Vec::new();
    let lead = lead(features, &mut reasons);
    reasons.push(format!(
        "the best passage has {:.0} % of what the question asks for",
        features.best_passage * 100.0
    ));
    let retrieval = if features.best_passage > 0.0 {
        probability(FOUND + FOUND_BY_LEAD * lead.sqrt() + FOUND_BY_COVERAGE * features.best_passage)
    } else {
        0.0
    };
    Confidence {
        retrieval: round(retrieval),
        answer: round(answer(features, signals, claims, &mut reasons)),
        reasons,
    }
}

/// The lead of the best passage, 0 to 1. The scores of several lanes are ranks, so the share of the lanes that found
/// the quoted passage takes the place of the lead.
fn lead(features: &ConfidenceFeatures, reasons: &mut Vec<String>) -> f64 {
    let (queried, found) = features.lanes;
    if queried > 1 {
        reasons.push(format!("{found} of {queried} lanes found the quoted passage"));
        return CLEAR_LEAD * found as f64 / queried as f64;
    }
    if features.margin >= 1.0 {
        reasons.push("no other document has words of the question".to_owned());
    } else if features.best_passage > 0.0 {
        reasons.push(format!(
            "the next document scores {:.0} % lower than the best",
            features.margin * 100.0
        ));
    }
    features.margin
}

/// The answer score, not rounded: the share of supported claims times the probability that the cited block holds the
/// answer.
fn answer(
    features: &ConfidenceFeatures,
    signals: &AnswerSignals,
    claims: &[Claim],
    reasons: &mut Vec<String>,
) -> f64 {
    let count = |verdict: Verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
    let (supported, disputed) = (count(Verdict::Supported), count(Verdict::Disputed));
    if supported + disputed == 0 {
        reasons.push("no source supports a sentence".to_owned());
        return 0.0;
    }
    match signals.is_expected {
        Some(true) => reasons.push("a quotation has the kind of answer that is asked for".to_owned()),
        Some(false) => reasons.push("no quotation has the kind of answer that is asked for".to_owned()),
        None => {}
    }
    let another = if features.agreeing > 1 {
        reasons.push(format!("{} independent sources agree", features.agreeing));
        ANSWERED_BY_ANOTHER
    } else {
        0.0
    };
    reasons.push(format!(
        "the quotations have {:.0} % of what the question asks for",
        signals.coverage * 100.0
    ));
    reasons.push(format!("{supported} of {} sentences are supported", claims.len()));
    if disputed > 0 {
        reasons.push(format!("sources differ about {disputed} sentence(s)"));
    }
    let share = (supported as f64 + DISPUTED * disputed as f64) / claims.len() as f64;
    share * probability(signals.log_odds() + another)
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Rounds to two decimals: more would suggest a precision that the scores do not have.
fn round(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        domain::{LaneName, Passage, Question},
        evidence::{claims, confidence_features::confidence_features},
        retrieval::test_passages::passage,
    };

    const QUESTION: &str = "Are cold starts slow in Rust?";

    fn signals() -> AnswerSignals {
        AnswerSignals {
            coverage: 0.8,
            near: 0.8,
            rest: 0.8,
            words: 4,
            ..AnswerSignals::default()
        }
    }

    fn confidence_of(signals: &AnswerSignals, answer: &str, passages: &[Passage]) -> Confidence {
        let claims = claims::verify(answer, passages);
        let question = Question::parse(QUESTION).unwrap();
        let features = confidence_features(&question, &BTreeMap::new(), passages, &claims);
        confidence(&features, signals, &claims)
    }

    #[test]
    fn a_longer_answer_is_not_a_better_one() {
        let passages = [passage("a", "Cold starts are slow. They take long.")];
        let score = |answer| confidence_of(&signals(), answer, &passages).answer;
        let short = score("Cold starts are slow. [1]");
        assert_eq!(short, score("Cold starts are slow. [1] They take long. [1]"));
        assert!(score("Cold starts are slow. [1] They are fast. [1]") < short);
        assert_eq!(score("Bread is good. [1]"), 0.0);
    }

    #[test]
    fn an_answer_grows_with_what_its_block_has_and_with_independent_sources() {
        let text = "Cold starts are slow.";
        let passages = [passage("a", text), passage("b", "Bread is good.")];
        let score =
            |signals: &AnswerSignals| confidence_of(signals, "Cold starts are slow. [1]", &passages).answer;
        let plain = score(&signals());
        for better in [
            AnswerSignals {
                coverage: 1.0,
                ..signals()
            },
            AnswerSignals {
                heading: 1.0,
                ..signals()
            },
            AnswerSignals {
                margin: 1.0,
                ..signals()
            },
            AnswerSignals {
                literals: 1.0,
                ..signals()
            },
        ] {
            assert!(score(&better) > plain, "{better:?}");
        }
        for place in 0..2 {
            let mut worse = signals();
            worse.missing[place] = 0.3;
            assert!(score(&worse) < plain, "{worse:?}");
        }
        let both = "Cold starts are slow. [1][2]";
        let agreed = |other: &str| {
            let passages = [passage("a", text), passage("b", other)];
            confidence_of(&signals(), both, &passages).answer
        };
        assert!(agreed("Cold starts are slow. Everybody says so.") > plain);
        assert_eq!(agreed(text), plain, "a copy is no second source");
    }

    #[test]
    fn retrieval_grows_with_the_lead_of_the_best_passage_or_with_agreeing_lanes() {
        let retrieval =
            |passages: &[Passage]| confidence_of(&signals(), "Cold starts are slow. [1]", passages).retrieval;
        let mut passages = [
            passage("a", "Cold starts are slow."),
            passage("b", "Bread is good."),
        ];
        let level = retrieval(&passages);
        passages[1].score = 0.5;
        let ahead = retrieval(&passages);
        assert!(ahead > level);
        let with_lanes = |lanes: [&[LaneName]; 2]| {
            let mut passages = passages.clone();
            for (passage, lanes) in passages.iter_mut().zip(lanes) {
                passage.lanes = lanes.iter().map(|lane| (*lane, 1)).collect();
            }
            retrieval(&passages)
        };
        let both = with_lanes([&[LaneName::Keyword, LaneName::Dense], &[]]);
        let one = with_lanes([&[LaneName::Keyword], &[LaneName::Dense]]);
        assert!(both > one);
        assert_eq!(with_lanes([&[LaneName::Keyword], &[]]), ahead);
    }
}
