//! The forms of questions: what kind of answer each asks for.

use std::ops::Range;

use super::answer_kind::AnswerKind;
use crate::{
    evidence::{
        languages::{Asked, Language, Script, has},
        words::{Lexicon, Word},
    },
    retrieval::analyzer,
};

/// The words of a question that ask for its kind of answer.
pub(super) struct Form {
    /// Their places.
    pub(super) words: Range<usize>,
    /// Whether they are no terms of the question: an answer to "how many" does not repeat it, one to "how tall" may.
    pub(super) is_excluded: bool,
}

/// Forms of questions with the kind of answer that each expects; the longest form in a question decides.
const FORMS: [(&str, AnswerKind); 70] = [
    ("who", AnswerKind::Person),
    ("whom", AnswerKind::Person),
    ("whose", AnswerKind::Person),
    ("which person", AnswerKind::Person),
    ("where", AnswerKind::Place),
    ("which country", AnswerKind::Place),
    ("what country", AnswerKind::Place),
    ("which city", AnswerKind::Place),
    ("what city", AnswerKind::Place),
    ("which town", AnswerKind::Place),
    ("what state", AnswerKind::Place),
    ("which state", AnswerKind::Place),
    ("when", AnswerKind::Date),
    ("since when", AnswerKind::Date),
    ("what date", AnswerKind::Date),
    ("which date", AnswerKind::Date),
    ("what day", AnswerKind::Date),
    ("which day", AnswerKind::Date),
    ("what month", AnswerKind::Date),
    ("which month", AnswerKind::Date),
    ("what time", AnswerKind::Date),
    ("what year", AnswerKind::Year),
    ("which year", AnswerKind::Year),
    ("how many", AnswerKind::Count),
    ("what number of", AnswerKind::Count),
    ("how often", AnswerKind::Measure),
    ("how long", AnswerKind::Duration),
    ("how many years", AnswerKind::Duration),
    ("how many months", AnswerKind::Duration),
    ("how many weeks", AnswerKind::Duration),
    ("how many days", AnswerKind::Duration),
    ("how many hours", AnswerKind::Duration),
    ("how many minutes", AnswerKind::Duration),
    ("how many seconds", AnswerKind::Duration),
    ("how much time", AnswerKind::Duration),
    ("how quickly", AnswerKind::Duration),
    ("how much", AnswerKind::Measure),
    ("how much money", AnswerKind::Money),
    ("what price", AnswerKind::Money),
    ("the price of", AnswerKind::Money),
    ("the cost of", AnswerKind::Money),
    ("how expensive", AnswerKind::Money),
    ("how tall", AnswerKind::Measure),
    ("how high", AnswerKind::Measure),
    ("how deep", AnswerKind::Measure),
    ("how far", AnswerKind::Measure),
    ("how fast", AnswerKind::Measure),
    ("how heavy", AnswerKind::Measure),
    ("how large", AnswerKind::Measure),
    ("how big", AnswerKind::Measure),
    ("how old", AnswerKind::Measure),
    ("how wide", AnswerKind::Measure),
    ("how hot", AnswerKind::Measure),
    ("how cold", AnswerKind::Measure),
    ("what percentage", AnswerKind::Measure),
    ("what percent", AnswerKind::Measure),
    ("what share", AnswerKind::Measure),
    ("what fraction", AnswerKind::Measure),
    ("what temperature", AnswerKind::Measure),
    ("the temperature of", AnswerKind::Measure),
    ("the height of", AnswerKind::Measure),
    ("the weight of", AnswerKind::Measure),
    ("the size of", AnswerKind::Measure),
    ("at what age", AnswerKind::Measure),
    ("why", AnswerKind::Reason),
    ("for what reason", AnswerKind::Reason),
    ("what causes", AnswerKind::Reason),
    ("what caused", AnswerKind::Reason),
    ("what is", AnswerKind::Definition),
    ("what are", AnswerKind::Definition),
];

/// The kind of answer that a question expects, and the words that ask for it.
pub(super) fn detect(
    language: Option<&Language>,
    question: &str,
    words: &[Word],
    lexicon: &Lexicon,
) -> (AnswerKind, Form) {
    match language {
        Some(language) => detect_in(language, question, words, lexicon),
        None => detect_in_english(words, lexicon),
    }
}

fn detect_in_english(words: &[Word], lexicon: &Lexicon) -> (AnswerKind, Form) {
    let folded: Vec<&str> = words.iter().map(|word| lexicon.folded(word)).collect();
    let mut best = (AnswerKind::Anything, 0..0);
    for (form, expected) in FORMS {
        let length = form.split(' ').count();
        let mut windows = folded.windows(length);
        let place = windows.position(|window| form.split(' ').eq(window.iter().copied()));
        // The longest form, and the first of equally long ones: "why is it open when it rains" asks for a reason.
        let is_better = |place: &usize| (length, best.1.start) > (best.1.len(), *place) || best.1.is_empty();
        if let Some(place) = place.filter(is_better) {
            best = (expected, place..place + length);
        }
    }
    let (expected, words_of_form) = best;
    // "Is it paid?" and "how do I pay the fee?" ask for no amount.
    let has = |words: &[&str]| folded.iter().any(|word| words.contains(word));
    let asks_for_money = match expected {
        AnswerKind::Measure => has(&["cost", "costs", "price", "paid", "fee", "charge"]),
        _ => has(&["what", "which"]) && has(&["cost", "costs", "price", "fee", "charge"]),
    };
    let form = |expected, words, is_excluded| (expected, Form { words, is_excluded });
    match expected {
        AnswerKind::Anything | AnswerKind::Measure | AnswerKind::Definition if asks_for_money => {
            form(AnswerKind::Money, words_of_form, false)
        }
        AnswerKind::Definition
            if !is_definition(&words[words_of_form.end..], &folded[words_of_form.end..]) =>
        {
            form(AnswerKind::Anything, words_of_form, true)
        }
        // "How much faster": the answer may give both figures instead.
        AnswerKind::Measure
            if folded
                .get(words_of_form.end)
                .is_some_and(|next| next.ends_with("er")) =>
        {
            form(expected, words_of_form.start..words_of_form.end + 1, true)
        }
        // "How tall", "the cost of": the answer may repeat the words.
        AnswerKind::Measure | AnswerKind::Money | AnswerKind::Reason => form(expected, words_of_form, false),
        expected => form(expected, words_of_form, true),
    }
}

/// Detects the kind of answer by the forms of another language.
fn detect_in(language: &Language, question: &str, words: &[Word], lexicon: &Lexicon) -> (AnswerKind, Form) {
    let tokens = tokens(language, question, words);
    let mut best = (AnswerKind::Anything, 0..0, 0);
    for (asked, forms) in language.forms {
        for form in *forms {
            let form = language.words_of(form);
            let mut windows = tokens.windows(form.len());
            let is_form = |window: &[Token]| form.iter().zip(window).all(|(word, token)| *word == token.text);
            if form.len() > best.2
                && let Some(at) = windows.position(is_form)
            {
                let last = &tokens[at + form.len() - 1];
                let end = last.place + usize::from(!last.is_elided);
                best = (kind(*asked), tokens[at].place..end, form.len());
            }
        }
    }
    let (expected, form, _) = best;
    let folded = |place: usize| lexicon.folded(&words[place]);
    let asks_for_money = || (0..words.len()).any(|place| has(language.prices, folded(place)));
    let expected = match expected {
        AnswerKind::Anything | AnswerKind::Measure | AnswerKind::Count | AnswerKind::Definition
            if asks_for_money() =>
        {
            return (
                AnswerKind::Money,
                Form {
                    words: form,
                    is_excluded: false,
                },
            );
        }
        AnswerKind::Definition if !is_subject_alone(language, &words[form.end..], lexicon) => {
            AnswerKind::Anything
        }
        expected => expected,
    };
    let is_excluded = !matches!(
        expected,
        AnswerKind::Measure | AnswerKind::Money | AnswerKind::Reason
    );
    (
        expected,
        Form {
            words: form,
            is_excluded,
        },
    )
}

/// A word of a question as forms have it.
struct Token {
    text: String,
    /// The place of the word among the words of the question.
    place: usize,
    /// Whether it is elided: "d'" of "d'ans".
    is_elided: bool,
}

fn tokens(language: &Language, question: &str, words: &[Word]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(words.len());
    for (place, word) in words.iter().enumerate() {
        let folded = analyzer::fold(word.as_written(question));
        let rest = language.without_elision(&folded);
        if rest.len() < folded.len() {
            tokens.push(Token {
                text: folded[..folded.len() - rest.len()].to_owned(),
                place,
                is_elided: true,
            });
        }
        tokens.push(Token {
            text: rest.to_owned(),
            place,
            is_elided: false,
        });
    }
    tokens
}

/// The kind of answer to what a form asks for.
fn kind(asked: Asked) -> AnswerKind {
    match asked {
        Asked::Who => AnswerKind::Person,
        Asked::Where => AnswerKind::Place,
        Asked::When => AnswerKind::Date,
        Asked::Year => AnswerKind::Year,
        Asked::HowMany => AnswerKind::Count,
        Asked::HowLong => AnswerKind::Duration,
        Asked::Price => AnswerKind::Money,
        Asked::HowMuch => AnswerKind::Measure,
        Asked::Why => AnswerKind::Reason,
        Asked::WhatIs => AnswerKind::Definition,
    }
}

/// Maximum number of content characters of a subject in a language of characters.
const MAX_CHARACTERS: usize = 8;
/// Maximum number of content words of a subject.
const MAX_CONTENT_WORDS: usize = 3;

/// Whether what follows "what is" is a subject alone, with at most an article.
fn is_subject_alone(language: &Language, after: &[Word], lexicon: &Lexicon) -> bool {
    let limit = if language.script == Script::Characters {
        MAX_CHARACTERS
    } else {
        MAX_CONTENT_WORDS
    };
    let is_joining = |word: &&Word| has(language.joining, lexicon.folded(word));
    after.iter().filter(|word| word.is_content()).count() <= limit
        && !after.iter().skip(1).any(|word| is_joining(&word))
}

/// Whether what follows "what is" is a subject alone, as in "what is a token bucket".
fn is_definition(words: &[Word], folded: &[&str]) -> bool {
    let content_words = words.iter().filter(|word| word.is_content()).count();
    content_words <= 3
        && !folded
            .iter()
            .any(|word| matches!(*word, "of" | "for" | "in" | "on" | "by" | "at"))
}
