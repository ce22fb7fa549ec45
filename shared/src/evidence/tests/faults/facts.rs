//! Planted faults in numbers, dates and negations.

use super::{Case, check};
use crate::{
    domain::Verdict::{Refuted, Unverified},
    evidence::verifier::Outcome::{Aligned, NotFound},
};

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
        "does not say \u{201c}of the 3",
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
        "does not say \u{201c}since 1998",
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
