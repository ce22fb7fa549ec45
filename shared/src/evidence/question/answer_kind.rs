//! The kind of answer that a question expects.

use std::ops::Range;

use crate::evidence::words::{Lexicon, Word};

/// The kind of answer that a question expects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnswerKind {
    /// Somebody: "who".
    Person,
    /// Somewhere: "where", "which country".
    Place,
    /// A date or a part of one: "when".
    Date,
    /// A year.
    Year,
    /// A number of things: "how many".
    Count,
    /// A time that passes: "how long".
    Duration,
    /// A price.
    Money,
    /// Any other quantity: "how tall".
    Measure,
    /// What something is: "what is X".
    Definition,
    /// A reason: "why".
    Reason,
    /// A kind that the form of the question does not show.
    #[default]
    Anything,
}

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

impl AnswerKind {
    /// The kind of answer that a question expects, and the words that ask for it.
    pub(super) fn detect(words: &[Word], lexicon: &Lexicon) -> (Self, Form) {
        let folded: Vec<&str> = words.iter().map(|word| lexicon.folded(word)).collect();
        let mut best = (Self::Anything, 0..0);
        for (form, expected) in FORMS {
            let length = form.split(' ').count();
            let mut windows = folded.windows(length);
            let place = windows.position(|window| form.split(' ').eq(window.iter().copied()));
            if let Some(place) = place.filter(|_| length > best.1.len()) {
                best = (expected, place..place + length);
            }
        }
        let asks_for_money = folded
            .iter()
            .any(|word| matches!(*word, "cost" | "costs" | "price" | "paid" | "fee"));
        let (expected, words_of_form) = best;
        let form = |expected, words, is_excluded| (expected, Form { words, is_excluded });
        match expected {
            Self::Anything | Self::Measure | Self::Definition if asks_for_money => {
                form(Self::Money, words_of_form, false)
            }
            Self::Definition if !is_definition(&words[words_of_form.end..], &folded[words_of_form.end..]) => {
                form(Self::Anything, words_of_form, true)
            }
            // "How much faster": the answer may give both figures instead.
            Self::Measure
                if folded
                    .get(words_of_form.end)
                    .is_some_and(|next| next.ends_with("er")) =>
            {
                form(expected, words_of_form.start..words_of_form.end + 1, true)
            }
            // "How tall", "the cost of": the answer may repeat the words.
            Self::Measure | Self::Money | Self::Reason => form(expected, words_of_form, false),
            expected => form(expected, words_of_form, true),
        }
    }
}

/// Whether what follows "what is" is a subject alone, as in "what is a token bucket".
fn is_definition(words: &[Word], folded: &[&str]) -> bool {
    let content_words = words.iter().filter(|word| word.is_content()).count();
    content_words <= 3
        && !folded
            .iter()
            .any(|word| matches!(*word, "of" | "for" | "in" | "on" | "by" | "at"))
}
