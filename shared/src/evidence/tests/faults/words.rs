//! Planted faults in names, order and antonyms, and invented statements.

use super::{Case, check};
use crate::{
    domain::Verdict::{Refuted, Unverified},
    evidence::verifier::Outcome::{Aligned, NotFound},
};

const NAMES: [Case; 10] = [
    (
        "lamp",
        "The first keeper was Bo Lind @.",
        Aligned,
        Refuted,
        "Ada Holm, not Bo Lind",
    ),
    (
        "tidewater",
        "Jonas Berg led the migration, which took eleven weeks @.",
        Aligned,
        Refuted,
        "Marisol Quintanilla, not Jonas Berg",
    ),
    (
        "tidewater",
        "Harbour Freight Lines moved its booking service, Saltmarsh, to AWS Lambda in March 2023 @.",
        Aligned,
        Refuted,
        "Tidewater, not Saltmarsh",
    ),
    (
        "bridge",
        "The bridge was designed by Astrid Lund @.",
        Aligned,
        Refuted,
        "Ingrid Vael, not Astrid Lund",
    ),
    (
        "music",
        "The opera was first performed in Oslo by the Harmonic Society @.",
        Aligned,
        Refuted,
        "Bergen, not Oslo",
    ),
    (
        "law",
        "Appeals are heard by the Court of Visby @.",
        Aligned,
        Refuted,
        "Orre, not Visby",
    ),
    (
        "tokio",
        "The function block_in_place moves such calls to a separate pool of at most 512 threads @.",
        Aligned,
        Refuted,
        "spawn_blocking, not block_in_place",
    ),
    (
        "chess",
        "Sandahl beat Erik Falk in the final by 6 points to 4 @.",
        Aligned,
        Refuted,
        "Tomas Rehn, not Erik Falk",
    ),
    (
        "bread",
        "Salt slows the fermentation, says Paul Hollis @.",
        NotFound,
        Unverified,
        "does not say \u{201c}says",
    ),
    (
        "economy",
        "Exports of timber to Germany rose by a fifth @.",
        NotFound,
        Unverified,
        "does not say \u{201c}to Germany",
    ),
];

const ORDER_AND_OPPOSITES: [Case; 11] = [
    (
        "chess",
        "Tomas Rehn beat Sandahl in the final by 6 points to 4 @.",
        Aligned,
        Refuted,
        "Sandahl beat Tomas Rehn",
    ),
    (
        "economy",
        "Prices grew faster than wages @.",
        Aligned,
        Refuted,
        "Wages grew faster than prices",
    ),
    (
        "economy",
        "Wages grew slower than prices @.",
        Aligned,
        Refuted,
        "Wages grew faster than prices",
    ),
    (
        "space",
        "The second orbit came before its battery failed @.",
        Aligned,
        Refuted,
        "before the second orbit",
    ),
    (
        "space",
        "Its battery failed after the second orbit @.",
        Aligned,
        Refuted,
        "before the second orbit",
    ),
    (
        "retries",
        "Retries decrease the load on a service that is already slow @.",
        Aligned,
        Refuted,
        "increase",
    ),
    (
        "medicine",
        "Treatment with dalmorexin reduces sleepiness in older patients @.",
        Aligned,
        Refuted,
        "increases",
    ),
    (
        "birds",
        "Young terns learn the route from younger birds @.",
        Aligned,
        Refuted,
        "older",
    ),
    (
        "economy",
        "Exports of timber fell by a fifth @.",
        Aligned,
        Refuted,
        "rose, not fell",
    ),
    (
        "bread",
        "The oven is cooled and the dough is frozen @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "store",
        "Reads are synchronous and eventually inconsistent by default @.",
        Aligned,
        Refuted,
        "consistent, not inconsistent",
    ),
];

const INVENTIONS: [Case; 8] = [
    (
        "music",
        "The critic Olav Moe called it \"a triumph of the north\" @.",
        NotFound,
        Unverified,
        "no source has the words",
    ),
    (
        "music",
        "The opera was called \u{201c}a storm in four acts\u{201d} by the critic Olav Moe @.",
        NotFound,
        Unverified,
        "no source has the words",
    ),
    (
        "bread",
        "Bakers in ancient Rome sold rye loaves to soldiers @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "tokio",
        "Garbage collection pauses dominate the tail of the benchmark @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "birds",
        "Terns are protected by an international treaty @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "lamp",
        "The keeper's children attended school by boat @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "space",
        "The mission was cancelled for lack of money @.",
        NotFound,
        Unverified,
        "no source",
    ),
    (
        "store",
        "DynamoDB encrypts every backup with a customer key @.",
        NotFound,
        Unverified,
        "no source",
    ),
];

#[test]
fn swapped_names_are_refuted_and_new_ones_are_unverified() {
    check(&NAMES);
}

#[test]
fn swapped_order_and_opposites_are_refuted() {
    check(&ORDER_AND_OPPOSITES);
}

#[test]
fn what_no_source_says_is_unverified() {
    check(&INVENTIONS);
}
