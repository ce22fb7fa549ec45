//! Questions in other languages: the kind of answer decides between sentences with the same words of the question.

mod characters;
mod germanic;
mod romance;

use std::collections::{BTreeMap, HashSet};

use characters::{CHINESE, JAPANESE};
use germanic::{DUTCH, GERMAN};
use romance::{FRENCH, ITALIAN, PORTUGUESE, SPANISH};

use super::{AnswerKind, QuestionTerms};
use crate::{
    agents::{retrieval::Retrieved, synthesis::extractive::Reading},
    domain::Question,
    evidence::{side::Side, words::Lexicon},
    retrieval::test_passages::passage,
};

/// A question, its kind, a sentence with words of it and no answer, and the sentence that answers.
type Case = (&'static str, AnswerKind, &'static str, &'static str);

/// What a question finds in a sentence: the share of its words, and whether the kind of its answer is there.
fn read(question: &str, text: &str) -> (AnswerKind, f64, Option<bool>) {
    let mut lexicon = Lexicon::default();
    let question = QuestionTerms::read(&mut lexicon, question, &BTreeMap::new());
    let words = lexicon.read(text, 0..text.len());
    let stems: HashSet<u32> = words.iter().map(|word| word.stem).collect();
    let side = Side {
        text,
        words: &words,
        lexicon: &lexicon,
    };
    let is_met = question.expected.is_met(&question, side);
    (
        question.expected,
        question.coverage(|stem| stems.contains(&stem)),
        is_met,
    )
}

fn assert_kinds_decide(cases: &[Case]) {
    for (question, kind, wrong, right) in cases {
        let (expected, covered, is_met) = read(question, right);
        assert_eq!((expected, is_met), (*kind, Some(true)), "{question} {right}");
        let (_, also_covered, is_met) = read(question, wrong);
        assert_eq!(is_met, Some(false), "{question} {wrong}");
        assert!(
            also_covered >= covered && covered > 0.0,
            "{question}: {also_covered} {covered}"
        );
    }
}

/// The best paragraph of a passage that begins with the wrong one.
fn assert_candidates(cases: &[Case], filler: &str) {
    // Whether a reason is there weighs nothing yet.
    for (question, _, wrong, right) in cases.iter().filter(|case| case.1 != AnswerKind::Reason) {
        let retrieved = Retrieved {
            passages: vec![passage("a", &format!("{wrong}\n\n{right}\n\n{filler}"))],
            ..Retrieved::default()
        };
        let asked = Question::parse(question).unwrap();
        let reading = Reading::new(&asked, &retrieved);
        let best = reading.candidates().first().map(|best| reading.text(best));
        assert_eq!(best.as_deref(), Some(*right), "{question}");
    }
}

#[test]
fn kinds_decide_in_german() {
    assert_kinds_decide(GERMAN);
    assert_candidates(GERMAN, "Am Hafen war es still.");
}

#[test]
fn kinds_decide_in_french() {
    assert_kinds_decide(FRENCH);
    assert_candidates(FRENCH, "La mer était très calme.");
}

#[test]
fn kinds_decide_in_spanish() {
    assert_kinds_decide(SPANISH);
    assert_candidates(SPANISH, "La mar estaba muy tranquila.");
}

#[test]
fn kinds_decide_in_italian() {
    assert_kinds_decide(ITALIAN);
    assert_candidates(ITALIAN, "Il mare era molto calmo.");
}

#[test]
fn kinds_decide_in_portuguese() {
    assert_kinds_decide(PORTUGUESE);
    assert_candidates(PORTUGUESE, "O mar estava muito calmo.");
}

#[test]
fn kinds_decide_in_dutch() {
    assert_kinds_decide(DUTCH);
    assert_candidates(DUTCH, "De zee was erg kalm.");
}

#[test]
fn kinds_decide_in_chinese() {
    assert_kinds_decide(CHINESE);
}

#[test]
fn kinds_decide_in_japanese() {
    assert_kinds_decide(JAPANESE);
}

#[test]
fn forms_of_a_word_are_one_term_in_the_language_of_the_question() {
    for (question, text) in [
        ("Wann wurden die Lampen gelöscht?", "Die Lampe wurde gelöscht."),
        (
            "Qui a réparé les lampes anciennes ?",
            "La lampe ancienne est réparée.",
        ),
        ("¿Quién reparó las lámparas antiguas?", "La lampara antigua."),
        (
            "Chi ha riparato le lampade antiche?",
            "La lampada antica riparata.",
        ),
        (
            "Quem foi o dono das lâmpadas antigas?",
            "A lâmpada antiga do dono.",
        ),
        ("Wie was de eigenaar van de lampen?", "De lamp van de eigenaars."),
        ("Où est l'escalier du phare ?", "Un escalier du phare."),
        ("Wer baute damals die Brücken?", "Die Brücke wurde gebaut."),
        ("Wie bouwde destijds de bruggen?", "De brug is destijds gebouwd."),
    ] {
        let (_, covered, _) = read(question, text);
        assert!(covered > 0.6, "{question} {covered}");
    }
}
