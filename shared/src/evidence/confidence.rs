//! How far an answer can be trusted: shares of what was asked and of what was proved. Length plays no part.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    domain::{Claim, Confidence, Passage, Verdict},
    retrieval::analyzer,
};

/// What a claim counts that one source bears out and another denies.
const DISPUTED: f64 = 0.5;

/// The share, 0 to 1, of the question's weight whose terms are there. Without weights, nothing is known: 0.
pub fn coverage(weights: &BTreeMap<String, f64>, is_there: impl Fn(&str) -> bool) -> f64 {
    let total: f64 = weights.values().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let there = weights.iter().filter(|(term, _)| is_there(term));
    // The sum of no floats is -0.0.
    there.fold(0.0, |sum, (_, weight)| sum + weight) / total
}

/// The distinct terms of several texts together.
pub fn terms<'text>(texts: impl IntoIterator<Item = &'text str>) -> HashSet<String> {
    texts.into_iter().flat_map(analyzer::distinct).collect()
}

/// From how much of the question the best passage covers, and how many claims a quotation supports.
pub fn confidence(weights: &BTreeMap<String, f64>, passages: &[Passage], claims: &[Claim]) -> Confidence {
    let covered = |passage: &Passage| {
        let header = &passage.header;
        let terms = terms([header.title.as_str(), &passage.context, &passage.text]);
        coverage(weights, |term| terms.contains(term))
    };
    let retrieval = passages.iter().take(3).map(covered).fold(0.0, f64::max);
    let supported = claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Supported)
        .count();
    let disputed = claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Disputed)
        .count();
    let share = if claims.is_empty() {
        0.0
    } else {
        (supported as f64 + DISPUTED * disputed as f64) / claims.len() as f64
    };
    let documents: BTreeSet<usize> = claims
        .iter()
        .filter(|claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed))
        .flat_map(|claim| &claim.citations)
        .map(|citation| citation.source)
        .collect();
    let mut reasons = vec![
        format!(
            "the best passage has {:.0} % of what the question asks for",
            retrieval * 100.0
        ),
        format!(
            "{supported} of {} sentences are quoted from {} passage(s)",
            claims.len(),
            documents.len()
        ),
    ];
    if disputed > 0 {
        reasons.push(format!("sources differ about {disputed} sentence(s)"));
    }
    Confidence {
        retrieval: round(retrieval),
        answer: round(share * retrieval.sqrt()),
        reasons,
    }
}

/// Two decimals: more would claim more than is known.
fn round(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::claims, retrieval::test_passages::passage};

    #[test]
    fn covers_by_weight() {
        let weights = BTreeMap::from([("cold".to_owned(), 3.0), ("start".to_owned(), 1.0)]);
        let share = |texts: [&str; 2]| {
            let terms = terms(texts);
            coverage(&weights, |term| terms.contains(term))
        };
        assert_eq!(share(["it is cold", "here"]), 0.75);
        assert_eq!(share(["cold", "starting"]), 1.0);
        assert_eq!(coverage(&BTreeMap::new(), |_| true), 0.0);
        assert!(share(["warm", "end"]).is_sign_positive(), "nothing is 0, not -0");
    }

    #[test]
    fn a_longer_answer_is_not_a_better_one() {
        let weights = BTreeMap::from([("cold".to_owned(), 1.0)]);
        let passages = [passage("a", "Cold starts are slow. They take long.")];
        let score = |answer| confidence(&weights, &passages, &claims::verify(answer, &passages)).answer;
        assert_eq!(
            score("Cold starts are slow. [1]"),
            score("Cold starts are slow. [1] They take long. [1]")
        );
        assert!(score("Cold starts are slow. [1] They are fast. [1]") < score("Cold starts are slow. [1]"));
    }
}
