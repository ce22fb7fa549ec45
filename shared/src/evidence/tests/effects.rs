//! Opposite effects, compared end to end by the verifier.

use crate::{domain::Verdict, evidence::verifier::Verifier, retrieval::test_passages::passage};

fn verdict(claim: &str, source: &str) -> Verdict {
    Verifier::new(&[passage("a", source)]).find(claim, &[1]).verdict
}

#[test]
fn opposite_directions_of_the_same_thing_are_refuted() {
    let source = "Antiretroviral therapy is associated with a reduction in the incidence of tuberculosis in all adults.";
    let refuted = "Antiretroviral therapy increases the incidence of tuberculosis.";
    assert_eq!(verdict(refuted, source), Verdict::Refuted);
    for claim in [
        "Antiretroviral therapy lowers the incidence of tuberculosis.",
        "Antiretroviral therapy does not increase the incidence of tuberculosis.",
    ] {
        assert_ne!(verdict(claim, source), Verdict::Refuted, "{claim}");
    }
}

#[test]
fn opposite_directions_of_different_things_are_no_contradiction() {
    let source = "The cache lowered latency and increased memory use; the queue increased latency.";
    assert_ne!(verdict("The cache lowered latency.", source), Verdict::Refuted);
}
