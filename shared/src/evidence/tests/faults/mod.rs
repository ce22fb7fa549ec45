//! Planted faults, with the outcome and verdict that the verifier gives each.

mod facts;
mod words;

use super::library::{library, number};
use crate::{
    domain::Verdict::{self, Disputed, Refuted, Supported, Unverified},
    evidence::{
        claims::findings,
        verifier::Outcome::{self, Exact, Misattributed, NotFound, Stitched},
    },
    retrieval::test_passages::passage,
};

/// The document of a passage, a claim about it (`@` stands for its marker), the expected outcome and verdict, and a
/// part of the reason.
type Case = (&'static str, &'static str, Outcome, Verdict, &'static str);

fn check(cases: &[Case]) {
    let passages = library();
    let mut wrong = Vec::new();
    for (document, claim, outcome, verdict, why) in cases {
        let answer = claim.replace('@', &format!("[{}]", number(document)));
        let found = findings(&answer, &passages);
        assert_eq!(found.len(), 1, "{claim}");
        let finding = &found[0].1;
        let reason = finding.reason.clone().unwrap_or_default();
        if (finding.outcome, finding.verdict) != (*outcome, *verdict) || !reason.contains(why) {
            wrong.push(format!(
                "{claim}\n    {:?} {:?}: {reason} {:?}",
                finding.outcome, finding.verdict, finding.citations
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Answers with the expected outcome, verdict and cited sources of their claim.
#[test]
fn numbers_of_sources_are_read_and_corrected() {
    let passages = library();
    let cases: [(&str, Outcome, Verdict, &[usize]); 14] = [
        ("The oven is heated to 250 °C. [3]", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C.[3]", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C (source 3).", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C【3】.", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C [2-4].", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C [2, 3].", Exact, Supported, &[3]),
        ("The oven is heated to 250 °C.", Exact, Supported, &[3]),
        (
            "The oven is heated to 250 °C [2].",
            Misattributed,
            Supported,
            &[3],
        ),
        (
            "The oven is heated to 250 °C [99].",
            Misattributed,
            Supported,
            &[3],
        ),
        (
            "The oven is heated to 250 °C [0].",
            Misattributed,
            Supported,
            &[3],
        ),
        ("The oven is heated to 520 °C [2].", Misattributed, Refuted, &[3]),
        (
            "The oven is heated to 250 °C and the match lasted nine days [3][5].",
            Stitched,
            Supported,
            &[3, 5],
        ),
        ("Rust is a fine language [1].", NotFound, Unverified, &[]),
        ("Rust is a fine language.", NotFound, Unverified, &[]),
    ];
    for (answer, outcome, verdict, sources) in cases {
        let found = findings(answer, &passages);
        let finding = &found[0].1;
        let cited: Vec<usize> = finding.citations.iter().map(|citation| citation.source).collect();
        assert_eq!(
            (finding.outcome, finding.verdict, cited.as_slice()),
            (outcome, verdict, sources),
            "{answer}: {:?}",
            finding.reason
        );
        if answer.contains("[99]") {
            assert!(
                finding
                    .reason
                    .as_ref()
                    .unwrap()
                    .starts_with("there is no source 99")
            );
        }
    }
}

#[test]
fn a_disputed_claim_cites_both_sides() {
    let passages = [
        passage(
            "a",
            "The Basel outage at Lumen Ledger lasted 43 minutes and began at 09:12.",
        ),
        passage(
            "b",
            "According to the report, the Basel outage at Lumen Ledger lasted 34 minutes.",
        ),
        passage("c", "The outage in Turin lasted 20 minutes."),
    ];
    for answer in [
        "The Basel outage at Lumen Ledger lasted 43 minutes [1].",
        "The Basel outage at Lumen Ledger lasted 43 minutes [2].",
        "The Basel outage at Lumen Ledger lasted 43 minutes and began at 09:12.",
    ] {
        let found = findings(answer, &passages);
        let finding = &found[0].1;
        let mut cited: Vec<usize> = finding.citations.iter().map(|citation| citation.source).collect();
        cited.sort_unstable();
        assert_eq!((finding.verdict, cited), (Disputed, vec![1, 2]), "{answer}");
        assert!(
            finding.reason.as_ref().unwrap().contains("34 minutes"),
            "{:?}",
            finding.reason
        );
    }
}
