//! Verdicts, stances, quotations and reasons of a fact check.

use super::*;
use crate::retrieval::test_passages::passage;

const CLAIM: &str = "The lighthouse of Brannock was built in 1871.";
const SUPPORTING: &str = "😀 Much is told. The lighthouse of Brannock was built in 1871. It is tall.";
const CONTRADICTING: &str = "The lighthouse of Brannock was built in 1902.";
const UNRELATED: &str = "Bread needs flour, water and salt.";

fn check(texts: &[&str]) -> FactCheck {
    check_supplied(CLAIM, texts.iter().map(|text| (*text).to_owned()).collect())
}

fn stances(check: &FactCheck) -> Vec<Stance> {
    check.evidence.iter().map(|evidence| evidence.stance).collect()
}

#[test]
fn a_supporting_text_is_quoted() {
    let check = check(&[UNRELATED, SUPPORTING]);
    assert_eq!(check.verdict, Verdict::Supported);
    assert!(check.confidence > 0.9, "{}", check.confidence);
    assert_eq!(stances(&check), [Stance::Neutral, Stance::Supports]);
    assert_eq!(
        (&check.evidence[0].text, check.evidence[0].quote_start),
        (&None, None)
    );
    let [_, evidence] = &check.evidence[..] else {
        unreachable!("there are two")
    };
    assert_eq!(evidence.text.as_deref(), Some(CLAIM));
    assert_eq!((evidence.quote_start, evidence.quote_end), (Some(16), Some(61)));
    assert_eq!(evidence.source, None);
    assert_eq!(check.reasons, ["1 of 2 texts supports the claim"]);
}

#[test]
fn a_contradicting_text_refutes_the_claim_and_the_reason_says_how() {
    let check = check(&[CONTRADICTING]);
    assert_eq!(check.verdict, Verdict::Refuted);
    assert_eq!(check.evidence[0].text.as_deref(), Some(CONTRADICTING));
    assert!(check.confidence > 0.5, "{}", check.confidence);
    assert_eq!(check.reasons[0], "1 of 1 text contradicts it");
    assert!(check.reasons[1].contains("1902"), "{:?}", check.reasons);
}

#[test]
fn texts_on_both_sides_dispute_the_claim() {
    let check = check(&[CONTRADICTING, SUPPORTING]);
    assert_eq!(check.verdict, Verdict::Disputed);
    assert_eq!(stances(&check), [Stance::Refutes, Stance::Supports]);
    assert_eq!(check.reasons.len(), 3);
}

#[test]
fn unrelated_texts_leave_the_claim_unverified() {
    let check = check(&[UNRELATED]);
    assert_eq!((check.verdict, check.confidence), (Verdict::Unverified, 0.0));
    assert_eq!(
        check.reasons,
        ["none of 1 text supports the claim or contradicts it"]
    );
}

#[test]
fn neutral_passages_are_left_out_and_offsets_refer_to_the_document() {
    let mut found = [passage("bread", UNRELATED), passage("brannock", SUPPORTING)];
    (found[1].start, found[1].end) = (100, 100 + found[1].end);
    let check = check_retrieved(CLAIM, &found);
    assert_eq!(check.verdict, Verdict::Supported);
    let [evidence] = &check.evidence[..] else {
        unreachable!("one supports it: {check:?}")
    };
    assert_eq!((evidence.quote_start, evidence.quote_end), (Some(116), Some(161)));
    assert_eq!(evidence.text.as_deref(), Some(CLAIM));
    let source = evidence.source.as_ref().unwrap();
    assert_eq!((source.number, source.document_id.as_str()), (2, "brannock"));
}

#[test]
fn a_passage_about_a_related_subject_is_no_dispute_and_one_about_the_same_is() {
    let claim = "The tower of the lighthouse on Skarv Rock is 38 metres high.";
    let tower = passage(
        "rock",
        "The tower of the lighthouse on Skarv Rock is 38 metres high.",
    );
    let near = passage(
        "museum",
        "Visitors cannot land on Skarv Rock, but a model of the tower of the lighthouse stands in the harbour.",
    );
    let alone = check_retrieved(claim, std::slice::from_ref(&near));
    assert_eq!(
        alone.verdict,
        Verdict::Refuted,
        "verified alone it seems to: {alone:?}"
    );
    let both = check_retrieved(claim, &[tower.clone(), near]);
    assert_eq!((both.verdict, both.evidence.len()), (Verdict::Supported, 1));
    let same = passage(
        "book",
        "The tower of the lighthouse on Skarv Rock is 41 metres high.",
    );
    assert_eq!(check_retrieved(claim, &[tower, same]).verdict, Verdict::Disputed);
}

#[test]
fn the_reason_says_that_nothing_was_found() {
    let check = check_retrieved(CLAIM, &[]);
    assert_eq!(check.verdict, Verdict::Unverified);
    assert_eq!(check.reasons, ["nothing was found that has words of the claim"]);
}

#[test]
fn several_quotations_of_a_text_are_joined() {
    let text = "The tower is 31 metres tall. Nobody lives there. Its first keeper was Ada Holm.";
    let claim = "The tower is 31 metres tall and its first keeper was Ada Holm.";
    let check = check_supplied(claim, vec![text.to_owned()]);
    assert_eq!(check.verdict, Verdict::Supported, "{check:?}");
    let words = check.evidence[0].text.as_deref().unwrap();
    assert!(
        words.starts_with("The tower") && words.contains("Ada Holm"),
        "{words}"
    );
    assert!(text.contains(words));
}

fn sentences(check: &FactCheck) -> Vec<SentenceVerdict> {
    check.sentences.iter().map(|sentence| sentence.verdict).collect()
}

#[test]
fn the_weakest_sentence_decides_about_the_whole() {
    use SentenceVerdict::{Disputed, NoClaim, Refuted, Supported, Unverified};
    let (supported, refuted) = (CLAIM, "The lighthouse of Brannock was built in 1902.");
    let (unverified, courtesy) = ("Quantum processors dream of submarines.", "Sure, happy to help.");
    let one = [SUPPORTING];
    let both = [SUPPORTING, CONTRADICTING];
    for (claim, texts, verdict, expected) in [
        (
            vec![supported, "It is tall."],
            &one[..],
            Verdict::Supported,
            vec![Supported, Supported],
        ),
        (
            vec![supported, refuted],
            &one,
            Verdict::Refuted,
            vec![Supported, Refuted],
        ),
        (
            vec![unverified, supported],
            &one,
            Verdict::Unverified,
            vec![Unverified, Supported],
        ),
        (
            vec![unverified, refuted],
            &one,
            Verdict::Refuted,
            vec![Unverified, Refuted],
        ),
        (
            vec![supported, unverified],
            &both,
            Verdict::Disputed,
            vec![Disputed, Unverified],
        ),
        (
            vec![courtesy, supported],
            &one,
            Verdict::Supported,
            vec![NoClaim, Supported],
        ),
        (
            vec![courtesy, "I love that!", "Is it?"],
            &one,
            Verdict::Unverified,
            vec![NoClaim; 3],
        ),
    ] {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        let check = check_supplied(&claim.join(" "), texts);
        assert_eq!(
            (check.verdict, sentences(&check)),
            (verdict, expected),
            "{claim:?}"
        );
        let texts: Vec<&str> = check
            .sentences
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect();
        assert_eq!(texts, claim);
        assert!(check.sentences.iter().all(|sentence| !sentence.reason.is_empty()));
    }
}

#[test]
fn a_text_without_a_claim_is_unverified_and_says_why() {
    let check = check_supplied("Hello! I love that!", vec![SUPPORTING.to_owned()]);
    assert_eq!((check.verdict, check.confidence), (Verdict::Unverified, 0.0));
    assert_eq!(
        check.reasons,
        ["nothing in it is a claim that a source could support"]
    );
    assert_eq!(stances(&check), [Stance::Neutral]);
}

#[test]
fn reasons_of_several_sentences_name_the_sentence() {
    let check = check_supplied(
        &format!("Hello! {CLAIM} It is tall."),
        vec![SUPPORTING.to_owned()],
    );
    assert_eq!(
        check.reasons,
        [
            "sentence 2: 1 of 1 text supports the claim",
            "sentence 3: 1 of 1 text supports the claim"
        ]
    );
    assert_eq!(check.sentences[1].reason, "1 of 1 text supports the claim");
}
