//! Confidence scores of an answer: two calibrated probabilities, `retrieval` and `answer`. Length plays no part.
//!
//! The coefficients were fitted by logistic regression on every second line of two sets: Natural Questions with one
//! right passage among 2,600 (1,328 questions), and the paragraphs of QED (511). The target of `retrieval` is whether
//! the best passage is the right one (the first set alone); the target of `answer` is whether the quoted sentences hold
//! a short answer that people gave. The coefficients are rounded. For `answer`, words that stand elsewhere in the
//! document and words that the document lacks were fitted separately, then joined into one coverage. On the other lines
//! the expected calibration error is 0.03.

use std::collections::HashSet;

use super::confidence_features::ConfidenceFeatures;
use crate::{
    domain::{Claim, Confidence, Verdict},
    retrieval::analyzer,
};

/// Log-odds that the best passage is the right one, and what a clear lead and full coverage add.
const FOUND: f64 = -2.9;
const FOUND_BY_LEAD: f64 = 6.3;
const FOUND_BY_COVERAGE: f64 = 1.9;
/// Log-odds that the quotations hold the answer, and what each part adds.
const ANSWERED: f64 = -2.3;
const ANSWERED_BY_COVERAGE: f64 = 0.8;
const ANSWERED_BY_LEAD: f64 = 1.8;
const ANSWERED_BY_RANK: f64 = 1.6;
const ANSWERED_BY_KIND: f64 = 0.1;
/// What a second source that says the same adds. Not fitted: the sets have one right passage for each question.
const ANSWERED_BY_ANOTHER: f64 = 0.3;
/// The lead over the next document above which a larger lead adds nothing.
const CLEAR_LEAD: f64 = 0.3;
/// The weight of a claim that one source supports and another denies.
const DISPUTED: f64 = 0.5;

/// The union of the distinct terms of several texts.
pub fn terms<'text>(texts: impl IntoIterator<Item = &'text str>) -> HashSet<String> {
    texts.into_iter().flat_map(analyzer::distinct).collect()
}

/// Computes the confidence of an answer from its features and claims.
pub fn confidence(features: &ConfidenceFeatures, claims: &[Claim]) -> Confidence {
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
        answer: round(answer(features, lead, claims, &mut reasons)),
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

/// The answer score, not rounded: the share of supported claims times the probability that the quotations hold the
/// answer.
fn answer(features: &ConfidenceFeatures, lead: f64, claims: &[Claim], reasons: &mut Vec<String>) -> f64 {
    let count = |verdict: Verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
    let (supported, disputed) = (count(Verdict::Supported), count(Verdict::Disputed));
    if supported + disputed == 0 {
        reasons.push("no source supports a sentence".to_owned());
        return 0.0;
    }
    let kind = match features.is_expected {
        Some(true) => {
            reasons.push("a quotation has the kind of answer that is asked for".to_owned());
            ANSWERED_BY_KIND
        }
        Some(false) => {
            reasons.push("no quotation has the kind of answer that is asked for".to_owned());
            0.0
        }
        None => 0.0,
    };
    let another = if features.agreeing > 1 {
        reasons.push(format!("{} independent sources agree", features.agreeing));
        ANSWERED_BY_ANOTHER
    } else {
        0.0
    };
    reasons.push(format!(
        "the quotations have {:.0} % of what the question asks for",
        features.coverage * 100.0
    ));
    reasons.push(format!("{supported} of {} sentences are supported", claims.len()));
    if disputed > 0 {
        reasons.push(format!("sources differ about {disputed} sentence(s)"));
    }
    let share = (supported as f64 + DISPUTED * disputed as f64) / claims.len() as f64;
    let log_odds = ANSWERED
        + ANSWERED_BY_COVERAGE * features.coverage
        + ANSWERED_BY_LEAD * (lead / CLEAR_LEAD).min(1.0)
        + ANSWERED_BY_RANK * features.rank
        + kind
        + another;
    share * probability(log_odds)
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

    fn confidence_of(question: &str, answer: &str, passages: &[Passage]) -> Confidence {
        let claims = claims::verify(answer, passages);
        let question = Question::parse(question).unwrap();
        confidence(
            &confidence_features(&question, &BTreeMap::new(), passages, &claims),
            &claims,
        )
    }

    #[test]
    fn a_longer_answer_is_not_a_better_one() {
        let passages = [passage("a", "Cold starts are slow. They take long.")];
        let score = |answer| confidence_of("Are cold starts slow?", answer, &passages).answer;
        let short = score("Cold starts are slow. [1]");
        assert_eq!(short, score("Cold starts are slow. [1] They take long. [1]"));
        assert!(score("Cold starts are slow. [1] They are fast. [1]") < short);
        assert_eq!(score("Bread is good. [1]"), 0.0);
    }

    #[test]
    fn confidence_grows_with_coverage_lead_and_independent_sources() {
        let question = "Are cold starts slow in Rust?";
        let text = "Cold starts are slow.";
        let answer = "Cold starts are slow. [1]";
        let plain = confidence_of(
            question,
            answer,
            &[passage("a", text), passage("b", "Bread is good.")],
        );
        let covered = confidence_of(
            question,
            "Cold starts are slow in Rust. [1]",
            &[
                passage("a", "Cold starts are slow in Rust."),
                passage("b", "Bread is good."),
            ],
        );
        assert!(covered.answer > plain.answer && covered.retrieval > plain.retrieval);
        let mut behind = passage("b", "Bread is good.");
        behind.score = 0.5;
        let ahead = confidence_of(question, answer, &[passage("a", text), behind]);
        assert!(
            ahead.answer > plain.answer && ahead.retrieval > plain.retrieval,
            "{ahead:?} {plain:?}"
        );
        let both = "Cold starts are slow. [1][2]";
        let other = "Cold starts are slow. Everybody says so.";
        let agreed = confidence_of(question, both, &[passage("a", text), passage("b", other)]);
        assert!(agreed.answer > plain.answer, "{agreed:?}");
        let copied = confidence_of(question, both, &[passage("a", text), passage("b", text)]);
        assert_eq!(copied.answer, plain.answer, "a copy is no second source");
    }

    #[test]
    fn agreeing_lanes_count_as_a_lead_and_a_single_lane_does_not() {
        let passages = |lanes: [Vec<LaneName>; 2]| {
            let mut passages = [
                passage("a", "Cold starts are slow."),
                passage("b", "Bread is good."),
            ];
            for (passage, lanes) in passages.iter_mut().zip(lanes) {
                passage.lanes = lanes.into_iter().map(|lane| (lane, 1)).collect();
            }
            passages
        };
        let score = |lanes| {
            confidence_of(
                "Are cold starts slow?",
                "Cold starts are slow. [1]",
                &passages(lanes),
            )
            .answer
        };
        let (keyword, dense) = (LaneName::Keyword, LaneName::Dense);
        assert_eq!(score([vec![keyword], vec![keyword]]), score([vec![], vec![]]));
        assert!(score([vec![keyword, dense], vec![dense]]) > score([vec![keyword], vec![dense]]));
    }
}
