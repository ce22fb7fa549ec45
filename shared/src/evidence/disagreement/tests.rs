//! Statements that are a disagreement, and statements that are not.

use super::*;
use crate::retrieval::test_passages::passage;

/// A passage of a document with this title.
fn titled(title: &str, text: &str) -> Passage {
    let mut passage = passage(&title.replace(' ', "-"), text);
    let mut header = (*passage.header).clone();
    header.title = title.to_owned();
    passage.header = header.into();
    passage
}

fn found(question: &str, passages: &[Passage]) -> Vec<Conflict> {
    conflicts([question], passages)
}

fn between(question: &str, one: &str, other: &str) -> usize {
    found(question, &[passage("a", one), passage("b", other)]).len()
}

#[test]
fn different_values_of_one_attribute_are_reported_with_both_sentences() {
    let passages = [
        passage(
            "a",
            "Rain fell. Lumen Ledger keeps idempotency records for 24 hours.",
        ),
        passage(
            "b",
            "Every record is small. Lumen Ledger keeps *idempotency records* for 72 hours.",
        ),
    ];
    let found = found("How long does Lumen Ledger keep idempotency records?", &passages);
    assert_eq!(found.len(), 1);
    let Disagreement { subject, citations } = &found[0].disagreement;
    assert_eq!(subject, "Lumen Ledger keeps idempotency records");
    let quotes: Vec<&str> = citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert_eq!(
        quotes,
        [
            "Lumen Ledger keeps idempotency records for 24 hours.",
            "Lumen Ledger keeps *idempotency records* for 72 hours."
        ]
    );
}

#[test]
fn every_kind_of_value_may_differ() {
    for (question, one, other) in [
        (
            "What is the default port?",
            "The default port is 8080.",
            "The default port is 9090.",
        ),
        (
            "Where is the key?",
            "The key is in the blue box.",
            "The key is in the red box.",
        ),
        (
            "When did Tidewater move to Lambda?",
            "Tidewater moved to Lambda in March 2023.",
            "Tidewater moved to Lambda in May 2023.",
        ),
        (
            "Does Petrel cache error responses?",
            "Petrel does not cache error responses.",
            "Petrel caches error responses for 30 seconds.",
        ),
        (
            "After how many events does Abacus write a snapshot?",
            "Abacus writes a snapshot of an account after every 500 events.",
            "Abacus writes a snapshot of an account after every 200 events, so the history is short.",
        ),
        (
            "How much traffic goes to a new version at Brill?",
            "Brill sends 10 percent of traffic to a new version for 15 minutes.",
            "Brill sends 5 percent of traffic to a new version for 30 minutes.",
        ),
        (
            "When does the shop open?",
            "The shop opens at 8.",
            "The shop opens at 9:30.",
        ),
        (
            "When does the shop open?",
            "The shop opens at 8 am.",
            "The shop opens at 8 pm.",
        ),
        (
            "What is the fee of the berth?",
            "The fee of the berth is $20.",
            "The fee of the berth is $35.",
        ),
        (
            "Who is the keeper of the Skarv lamp?",
            "The keeper of the Skarv lamp is Ada Holm.",
            "The keeper of the Skarv lamp is Ida Moen.",
        ),
        (
            "Who is the keeper of the Skarv lamp?",
            "Ada Holm is the keeper of the Skarv lamp.",
            "Ida Moen is the keeper of the Skarv lamp.",
        ),
        (
            "Who built the tower?",
            "The tower was built by Ada Holm.",
            "The tower was built by Jon Vik.",
        ),
        (
            "Where is the spare badge kept?",
            "The spare badge is kept in the drawer.",
            "The spare badge is kept on the shelf.",
        ),
        (
            "Is the pool open on Sundays?",
            "The pool is open on Sundays.",
            "The pool is closed on Sundays.",
        ),
        (
            "Can members use the hall?",
            "Members can use the hall.",
            "Members cannot use the hall.",
        ),
        (
            "Is the hall heated?",
            "The hall is heated.",
            "The hall isn't heated.",
        ),
        (
            "Are dogs allowed in the hall?",
            "Dogs are allowed in the hall.",
            "No dogs are allowed in the hall.",
        ),
    ] {
        assert_eq!(between(question, one, other), 1, "{one} / {other}");
        assert_eq!(between(question, other, one), 1, "{other} / {one}");
        assert_eq!(
            between("What is the price of bread in Turin?", one, other),
            0,
            "not asked for: {one}"
        );
    }
}

#[test]
fn statements_that_agree_or_are_about_different_things_are_not_reported() {
    for (question, one, other) in [
        (
            "When does the office in Oslo open?",
            "The office in Rome opens at 8.",
            "The office in Oslo opens at 9.",
        ),
        (
            "When does the shop open?",
            "The shop opens at 8 pm.",
            "The shop opens at 20:00.",
        ),
        (
            "How long does Petrel cache error responses?",
            "Petrel caches error responses for 30 seconds.",
            "Petrel caches error responses for half a minute, 30 s.",
        ),
        (
            "How long did the outage last?",
            "The Basel outage lasted 43 minutes.",
            "The Turin outage lasted 34 minutes.",
        ),
        (
            "How long does the dough rest?",
            "The dough rests for 12 hours.",
            "The dough rests for 12 hours at 5 °C.",
        ),
        (
            "What was unemployment in Norrland?",
            "Unemployment in Norrland fell to 4.1 percent in 2019.",
            "Unemployment in Norrland fell to 3.9 percent in 2020.",
        ),
        (
            "What is the fee?",
            "The fee is 5 euros for students.",
            "The fee is 9 euros for guests.",
        ),
        (
            "What is the fee?",
            "The fee is 5 euros if you are late.",
            "The fee is 9 euros.",
        ),
        (
            "Does Wren retry?",
            "Wren does not retry if a call is not idempotent.",
            "Wren retries.",
        ),
        (
            "Does Wren retry calls?",
            "Wren does not retry calls by default.",
            "Wren retries calls.",
        ),
        (
            "What does the version add?",
            "Version 5 of Bram adds a command.",
            "Version 6 of Bram adds a command.",
        ),
        (
            "Is the Quay service good?",
            "The Quay service is fast.",
            "The Quay service is reliable.",
        ),
        (
            "What is the report written in?",
            "The report is available in English.",
            "The report is available in French.",
        ),
        (
            "Where is the kit?",
            "The kit is in the drawer.",
            "The kit is in the top drawer.",
        ),
        (
            "What is the timeout?",
            "Set the timeout to 30 seconds.",
            "Set the timeout to 60 seconds.",
        ),
        (
            "What is the port?",
            "```\nThe port is 80.\n```",
            "```\nThe port is 90.\n```",
        ),
        (
            "What is the fee?",
            "The fee is 5.\n\nThe fee is 9.",
            "The fee is 9.",
        ),
    ] {
        assert_eq!(between(question, one, other), 0, "{one} / {other}");
    }
}

#[test]
fn titles_and_headings_tell_things_apart_that_the_sentences_do_not_name() {
    let (one, other) = ("The battery lasts 8 hours.", "The battery lasts 11 hours.");
    let question = "How long does the battery last?";
    for (title, same, is_reported) in [
        ("Guide A", "Guide B", true),
        ("Handbook", "Security", true),
        ("Corvid", "Jackdaw", false),
        ("Model X100", "Model X200", false),
        ("Free plan", "Business plan", false),
        ("Guide to Corvid", "Guide to Jackdaw", false),
        ("Notes of 2023", "Notes of 2024", false),
    ] {
        let passages = [titled(title, one), titled(same, other)];
        assert_eq!(
            found(question, &passages).len() == 1,
            is_reported,
            "{title} / {same}"
        );
    }
    let passages = [titled("Handbook", one), titled("Corvid handbook", other)];
    assert_eq!(
        found("How long does the battery of Corvid last?", &passages).len(),
        0
    );
    let named = [
        titled("Retries", "The Basel outage lasted 43 minutes."),
        titled("Jackdaw", "The Basel outage lasted 34 minutes."),
    ];
    assert_eq!(found("How long did the Basel outage last?", &named).len(), 1);
}

#[test]
fn each_value_is_quoted_once_and_one_document_is_not_two_sources() {
    let passages = [
        passage("a", "The lamp is 3 m tall."),
        passage("b", "The lamp is 4 m tall."),
        passage("c", "The lamp is 3 metres tall."),
        passage("d", "The lamp is 5 m tall."),
    ];
    let found = found("How tall is the lamp?", &passages);
    assert_eq!(found.len(), 1);
    let sources = found[0]
        .disagreement
        .citations
        .iter()
        .map(|citation| citation.source);
    assert_eq!(sources.collect::<Vec<_>>(), [1, 2, 4]);
    let same = [passages[0].clone(), passage("a", "The lamp is 4 m tall.")];
    assert_eq!(conflicts(["How tall is the lamp?"], &same).len(), 0);
}

#[test]
fn a_text_with_one_side_leaves_the_other_out() {
    let passages = [
        passage("a", "The default port is 8080."),
        passage("b", "The default port is 9090."),
    ];
    let found = found("What is the default port?", &passages);
    let left_out = |text: &str| -> Vec<usize> {
        let citations = found[0].left_out(text).into_iter();
        citations.map(|citation| citation.source).collect()
    };
    assert_eq!(left_out("By default, the port is 8080."), [2]);
    assert_eq!(left_out("The default port is 9090."), [1]);
    assert_eq!(left_out("The default port is 8080 or 9090."), [0; 0]);
    assert_eq!(left_out("Ports are numbers."), [0; 0]);
}

proptest::proptest! {
    #[test]
    fn quotations_of_any_texts_are_verbatim(
        one in "((The|Ada|port|is|not|8080|in|red|blue|at 8|3 May|5 %|\\PC)[ .,]{1,2}){0,20}",
        other in "((The|Ada|port|is|not|9090|in|red|blue|at 9|4 May|6 %|\\PC)[ .,]{1,2}){0,20}",
    ) {
        let passages = [passage("a", &one), passage("b", &other)];
        for conflict in conflicts(["Is the red port 8080 at 8?"], &passages) {
            for citation in &conflict.disagreement.citations {
                proptest::prop_assert!(passages[citation.source - 1].text.contains(&citation.quote));
            }
        }
    }
}
