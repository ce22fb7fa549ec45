//! Planted faults, and the few plain truths that are nearest to them: each with what the ledger makes of it.

use super::library::{library, number};
use crate::{
    domain::Verdict::{self, Disputed, Refuted, Supported, Unverified},
    evidence::{
        claims::findings,
        verifier::Outcome::{self, Aligned, Exact, Misattributed, NotFound, Stitched},
    },
    retrieval::test_passages::passage,
};

/// A claim about one passage (`@` stands for its marker), how it is found and judged, and a word of the reason.
type Case = (&'static str, &'static str, Outcome, Verdict, &'static str);

const NUMBERS: [Case; 14] = [
    (
        "tidewater",
        "The tail latency of bookings fell from 840 ms to 69 ms @.",
        Aligned,
        Refuted,
        "96 ms, not 69 ms",
    ),
    (
        "tidewater",
        "The tail latency of bookings fell from 96 ms to 840 ms @.",
        Aligned,
        Refuted,
        "other way round",
    ),
    (
        "tidewater",
        "About 4 percent of requests run into a cold start @.",
        Aligned,
        Refuted,
        "0.4 percent",
    ),
    (
        "tidewater",
        "The migration took twelve weeks @.",
        Aligned,
        Refuted,
        "eleven weeks, not twelve weeks",
    ),
    (
        "lamp",
        "The tower on Skarv Rock is 13 metres tall @.",
        Aligned,
        Refuted,
        "31 metres",
    ),
    (
        "lamp",
        "The tower is 31 km tall @.",
        Aligned,
        Refuted,
        "31 metres, not 31 km",
    ),
    (
        "bread",
        "A loaf of 900 g bakes for 54 minutes @.",
        Aligned,
        Refuted,
        "45 minutes, not 54",
    ),
    (
        "bread",
        "The dough rests for 12 minutes at 5 °C before it is baked @.",
        Aligned,
        Refuted,
        "12 hours",
    ),
    (
        "store",
        "A DynamoDB item may have at most 400 MB @.",
        Aligned,
        Refuted,
        "400 KB, not 400 MB",
    ),
    (
        "retries",
        "Lumen Ledger allows five attempts per call, counting the first attempt @.",
        Aligned,
        Refuted,
        "three attempts",
    ),
    (
        "medicine",
        "Nausea was reported by 17 % of patients @.",
        Aligned,
        Refuted,
        "7",
    ),
    (
        "bridge",
        "The Tamsel Bridge cost 2.4 million crowns @.",
        Aligned,
        Refuted,
        "4.2 million crowns",
    ),
    (
        "space",
        "The probe Halcyon carried six cameras and a magnetometer @.",
        Aligned,
        Refuted,
        "four cameras",
    ),
    (
        "space",
        "The signal of the 3 probes takes 52 minutes to reach Earth @.",
        NotFound,
        Unverified,
        "does not say 3 probes",
    ),
];

const DATES: [Case; 8] = [
    (
        "tidewater",
        "Harbour Freight Lines moved Tidewater to AWS Lambda in May 2023 @.",
        Aligned,
        Refuted,
        "March 2023, not May 2023",
    ),
    (
        "tidewater",
        "Harbour Freight Lines moved Tidewater to AWS Lambda in 2022 @.",
        Aligned,
        Refuted,
        "March 2023, not 2022",
    ),
    (
        "lamp",
        "The lighthouse on Skarv Rock was lit for the first time on 1871-10-15 @.",
        Aligned,
        Refuted,
        "14 October 1871",
    ),
    (
        "lamp",
        "The lamp was converted to electricity in 1983 @.",
        Aligned,
        Refuted,
        "1938, not 1983",
    ),
    (
        "bridge",
        "The Tamsel Bridge opened to traffic on May 3, 1957 @.",
        Aligned,
        Refuted,
        "2 May 1957",
    ),
    (
        "music",
        "Liv Aster composed The Drowned Bell in 1962 @.",
        Aligned,
        Refuted,
        "1926",
    ),
    (
        "economy",
        "The regional bank raised its rate in July 2019 @.",
        Aligned,
        Refuted,
        "June 2019, not July 2019",
    ),
    (
        "law",
        "Small farms are exempt from the fee since 1998 @.",
        NotFound,
        Unverified,
        "does not say 1998",
    ),
];

const NEGATIONS: [Case; 11] = [
    (
        "tidewater",
        "The team uses provisioned concurrency @.",
        Aligned,
        Refuted,
        "denies",
    ),
    ("birds", "Terns migrate at night @.", Aligned, Refuted, "denies"),
    (
        "retries",
        "A call that fails with status 400 is retried @.",
        Aligned,
        Refuted,
        "denies",
    ),
    (
        "tokio",
        "Dropping a JoinHandle cancels the task @.",
        Aligned,
        Refuted,
        "denies",
    ),
    (
        "medicine",
        "The trial included pregnant women @.",
        Aligned,
        Refuted,
        "denies",
    ),
    (
        "music",
        "The original score was lost in a fire and has been found @.",
        Aligned,
        Refuted,
        "denies",
    ),
    (
        "store",
        "Reads are not eventually consistent by default @.",
        Aligned,
        Refuted,
        "without a negation",
    ),
    (
        "law",
        "Small farms are not exempt from the fee @.",
        Aligned,
        Refuted,
        "without a negation",
    ),
    (
        "bread",
        "The oven isn't heated to 250 °C @.",
        Aligned,
        Refuted,
        "without a negation",
    ),
    (
        "space",
        "Its battery did not fail before the second orbit @.",
        Aligned,
        Refuted,
        "without a negation",
    ),
    (
        "law",
        "The agency may enter a private home without a warrant @.",
        Aligned,
        Refuted,
        "denies",
    ),
];

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
        "does not name Paul Hollis",
    ),
    (
        "economy",
        "Exports of timber to Germany rose by a fifth @.",
        NotFound,
        Unverified,
        "does not name Germany",
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

#[test]
fn wrong_numbers_are_refuted() {
    check(&NUMBERS);
}

#[test]
fn wrong_dates_are_refuted() {
    check(&DATES);
}

#[test]
fn dropped_and_added_negations_are_refuted() {
    check(&NEGATIONS);
}

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

/// Whole answers: how each claim is found and judged, and which sources it cites in the end.
#[test]
fn numbers_of_sources_are_read_repaired_and_doubted() {
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
            "They heat the oven to 250 °C [0].",
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
fn sources_on_both_sides_are_both_shown() {
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
