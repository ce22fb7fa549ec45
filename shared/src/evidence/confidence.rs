//! How far an answer can be trusted: shares of what was asked and of what was proved. Length plays no part.

use std::collections::BTreeMap;

use crate::{
    domain::{Claim, Confidence, Passage, Verdict},
    retrieval::analyzer,
};

/// The share, 0 to 1, of the question's weight whose terms stand in `texts`. Without weights, nothing is known: 0.
pub fn coverage<'text>(weights: &BTreeMap<String, f64>, texts: impl IntoIterator<Item = &'text str>) -> f64 {
    let total: f64 = weights.values().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let mut terms = std::collections::HashSet::new();
    texts
        .into_iter()
        .for_each(|text| terms.extend(analyzer::distinct(text)));
    weights
        .iter()
        .filter(|(term, _)| terms.contains(*term))
        .map(|(_, weight)| weight)
        .sum::<f64>()
        / total
}

/// From how much of the question the best passage covers, and how many claims a quotation supports.
pub fn confidence(weights: &BTreeMap<String, f64>, passages: &[Passage], claims: &[Claim]) -> Confidence {
    let covered = |passage: &Passage| {
        coverage(
            weights,
            [
                passage.header.title.as_str(),
                passage.context.as_str(),
                passage.text.as_str(),
            ],
        )
    };
    let retrieval = passages.iter().take(3).map(covered).fold(0.0, f64::max);
    let supported = claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Supported)
        .count();
    let share = if claims.is_empty() {
        0.0
    } else {
        supported as f64 / claims.len() as f64
    };
    let documents: std::collections::BTreeSet<usize> = claims
        .iter()
        .flat_map(|claim| &claim.citations)
        .map(|citation| citation.source)
        .collect();
    let reasons = vec![
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
        assert_eq!(coverage(&weights, ["it is cold", "here"]), 0.75);
        assert_eq!(coverage(&weights, ["cold", "starting"]), 1.0);
        assert_eq!(coverage(&BTreeMap::new(), ["cold"]), 0.0);
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
