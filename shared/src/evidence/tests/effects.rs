//! Opposite effects, compared end to end by [`support`].

use crate::evidence::support::{Stance, support};

#[test]
fn opposite_directions_of_the_same_thing_are_refuted() {
    let source = "Antiretroviral therapy is associated with a reduction in the incidence of tuberculosis in all adults.";
    let stance = |claim| support(claim, source, "").stance();
    assert_eq!(
        stance("Antiretroviral therapy increases the incidence of tuberculosis."),
        Stance::Refutes
    );
    assert_eq!(
        stance("Antiretroviral therapy lowers the incidence of tuberculosis."),
        Stance::Supports
    );
    assert_eq!(
        stance("Antiretroviral therapy does not increase the incidence of tuberculosis."),
        Stance::Supports
    );
}

#[test]
fn opposite_directions_of_different_things_are_no_contradiction() {
    let source = "The cache lowered latency and increased memory use; the queue increased latency.";
    let both = support("The cache lowered latency.", source, "");
    assert!(!both.against, "{both:?}");
}
