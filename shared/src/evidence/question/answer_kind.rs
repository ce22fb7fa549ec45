//! What kind of answer a question wants, and whether a sentence has one that the question does not say itself.

use std::ops::Range;

use super::QuestionTerms;
use crate::evidence::{
    contradiction::Side,
    words::{Lexicon, Word},
};

/// The kind of answer that a question wants.
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
    /// Nothing that can be told by its form.
    #[default]
    Anything,
}

/// The words of a question that ask for a kind of answer.
pub(super) struct Form {
    /// Their places.
    pub(super) words: Range<usize>,
    /// Whether they say nothing else: an answer to "how many" does not repeat it, one to "how tall" may.
    pub(super) is_spent: bool,
}

/// How questions ask for a kind of answer; the longest form that stands in a question decides.
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
    /// The kind, and the words that ask for it.
    pub(super) fn of(words: &[Word], lexicon: &Lexicon) -> (Self, Form) {
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
        let form = |expected, words, is_spent| (expected, Form { words, is_spent });
        match expected {
            Self::Anything | Self::Measure | Self::Definition if asks_for_money => {
                form(Self::Money, words_of_form, false)
            }
            Self::Definition if !is_definition(&words[words_of_form.end..], &folded[words_of_form.end..]) => {
                form(Self::Anything, words_of_form, true)
            }
            // "How much faster": the answer gives both figures.
            Self::Measure
                if folded
                    .get(words_of_form.end)
                    .is_some_and(|next| next.ends_with("er")) =>
            {
                form(expected, words_of_form.start..words_of_form.end + 1, true)
            }
            // "How tall", "the cost of": the answer may say it too.
            Self::Measure | Self::Money | Self::Reason => form(expected, words_of_form, false),
            expected => form(expected, words_of_form, true),
        }
    }

    /// Whether a sentence has an answer of this kind in words that are not the question's own; `None` where the form of an
    /// answer tells nothing.
    pub fn is_met(self, asked: &QuestionTerms, sentence: Side<'_>) -> Option<bool> {
        let words = sentence.words;
        let new = |word: &Word| !asked.has(word);
        let folded = |word: &Word| sentence.lexicon.folded(word);
        let any = |test: &dyn Fn(usize, &Word) -> bool| {
            let mut all = words.iter().enumerate();
            all.any(|(place, word)| new(word) && test(place, word))
        };
        let after =
            |place: usize, range: Range<usize>| words.iter().skip(place).skip(range.start).take(range.len());
        Some(match self {
            Self::Person => any(&|place, word| {
                is_capital(word, folded(word))
                    && (place > 0 || after(place, 1..2).any(|next| next.capital && new(next)))
            }),
            Self::Place => any(&|place, word| {
                is_capital(word, folded(word))
                    && place > 0
                    && words[place.saturating_sub(3)..place].iter().any(|before| {
                        matches!(
                            folded(before),
                            "in" | "at"
                                | "near"
                                | "from"
                                | "to"
                                | "on"
                                | "of"
                                | "between"
                                | "around"
                                | "through"
                        )
                    })
            }),
            Self::Date => any(&|_, word| is_date(word, folded(word))),
            Self::Year => any(&|_, word| is_year(folded(word))),
            Self::Count => any(&|place, word| {
                let near = &words[place.saturating_sub(2)..(place + 5).min(words.len())];
                is_number(folded(word))
                    && (asked.counted.is_empty()
                        || near.iter().any(|other| asked.counted.contains(&other.stem)))
            }),
            Self::Duration => {
                any(&|place, word| {
                    is_number(folded(word))
                        && after(place, 1..3).any(|next| is_time(folded(next)) || is_length(folded(next)))
                }) || any(&|_, word| is_compact_time(folded(word)))
            }
            Self::Money => any(&|place, word| {
                let sign = sentence.text[..word.start].chars().next_back();
                is_number(folded(word))
                    && (sign.is_some_and(|c| "$€£¥".contains(c))
                        || after(place, 1..4).any(|next| is_currency(folded(next))))
            }),
            Self::Measure => any(&|_, word| is_number(folded(word))),
            Self::Reason => words.iter().any(|word| {
                matches!(
                    folded(word),
                    "because"
                        | "since"
                        | "due"
                        | "reason"
                        | "as"
                        | "so"
                        | "therefore"
                        | "cause"
                        | "causes"
                        | "caused"
                )
            }),
            Self::Definition => defines(asked, sentence),
            Self::Anything => return None,
        })
    }
}

/// Whether what follows "what is" is a subject alone, as in "what is a token bucket".
fn is_definition(words: &[Word], folded: &[&str]) -> bool {
    let telling = words.iter().filter(|word| word.is_content()).count();
    telling <= 3
        && !folded
            .iter()
            .any(|word| matches!(*word, "of" | "for" | "in" | "on" | "by" | "at"))
}

/// Whether a sentence begins with the subject and says what it is.
fn defines(asked: &QuestionTerms, sentence: Side<'_>) -> bool {
    let verb = sentence.words.iter().position(|word| {
        matches!(
            sentence.lexicon.folded(word),
            "is" | "are"
                | "was"
                | "were"
                | "means"
                | "refers"
                | "describes"
                | "holds"
                | "allows"
                | "gives"
                | "lets"
        )
    });
    verb.is_some_and(|verb| verb <= 8 && sentence.words[..verb].iter().any(|word| asked.has(word)))
}

fn is_capital(word: &Word, folded: &str) -> bool {
    word.capital && word.is_content() && !is_month(folded)
}

fn is_month(folded: &str) -> bool {
    matches!(
        folded,
        "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
    )
}

fn is_date(word: &Word, folded: &str) -> bool {
    is_year(folded)
        || (word.capital && is_month(folded))
        || matches!(
            folded,
            "century"
                | "monday"
                | "tuesday"
                | "wednesday"
                | "thursday"
                | "friday"
                | "saturday"
                | "sunday"
                | "1980s"
        )
        || folded.contains(':') && is_number(folded)
}

fn is_year(folded: &str) -> bool {
    folded.len() == 4 && folded.parse().is_ok_and(|year: u16| (1000..2100).contains(&year))
}

fn is_number(folded: &str) -> bool {
    folded.starts_with(|c: char| c.is_numeric())
        || matches!(
            folded,
            "one"
                | "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "seven"
                | "eight"
                | "nine"
                | "ten"
                | "eleven"
                | "twelve"
                | "thirteen"
                | "fourteen"
                | "fifteen"
                | "sixteen"
                | "seventeen"
                | "eighteen"
                | "nineteen"
                | "twenty"
                | "thirty"
                | "forty"
                | "fifty"
                | "sixty"
                | "seventy"
                | "eighty"
                | "ninety"
                | "hundred"
                | "thousand"
                | "million"
                | "billion"
                | "half"
                | "twice"
                | "once"
                | "dozen"
                | "daily"
                | "every"
                | "each"
        )
}

fn is_time(folded: &str) -> bool {
    let one = folded.strip_suffix('s').unwrap_or(folded);
    matches!(
        one,
        "second"
            | "minute"
            | "hour"
            | "day"
            | "week"
            | "month"
            | "year"
            | "decade"
            | "century"
            | "centurie"
            | "m"
            | ""
            | "millisecond"
            | "microsecond"
            | "night"
            | "season"
    ) && folded != "m"
}

fn is_length(folded: &str) -> bool {
    matches!(
        folded,
        "metres" | "meters" | "km" | "kilometres" | "kilometers" | "miles" | "feet" | "ft" | "cm" | "inches"
    )
}

fn is_currency(folded: &str) -> bool {
    matches!(
        folded.strip_suffix('s').unwrap_or(folded),
        "dollar" | "pound" | "euro" | "franc" | "kronor" | "yen" | "cent" | "usd" | "eur" | "rupee" | "pence"
    )
}

/// Such as `90ms`.
fn is_compact_time(folded: &str) -> bool {
    let unit = folded.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    unit.len() < folded.len() && matches!(unit, "ms" | "s" | "min" | "h")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The kind that a question asks for, and whether a sentence has it.
    fn told(question: &str, sentence: &str) -> (AnswerKind, Option<bool>) {
        let mut lexicon = Lexicon::default();
        let asked = QuestionTerms::read(&mut lexicon, question, &BTreeMap::new());
        let words = lexicon.read(sentence, 0..sentence.len());
        let side = Side {
            text: sentence,
            words: &words,
            lexicon: &lexicon,
        };
        (asked.expected, asked.expected.is_met(&asked, side))
    }

    #[test]
    fn an_answer_has_to_be_of_its_kind_and_not_the_questions_own() {
        for (question, expected, right, wrong) in [
            (
                "Who lit the lamp of Skarv?",
                AnswerKind::Person,
                "Ada Holm lit the lamp.",
                "The lamp of Skarv was lit.",
            ),
            (
                "Where is it made?",
                AnswerKind::Place,
                "It is made in Paris.",
                "It is made of glass.",
            ),
            (
                "When was the lamp of 1870 lit?",
                AnswerKind::Date,
                "It was lit in May.",
                "The lamp of 1870 was lit.",
            ),
            (
                "In which year was it lit?",
                AnswerKind::Year,
                "It was lit in 1871.",
                "It was lit in May.",
            ),
            (
                "How many floors are there?",
                AnswerKind::Count,
                "It has five floors.",
                "It has 38 metres.",
            ),
            (
                "How long did it last?",
                AnswerKind::Duration,
                "It lasted 43 minutes.",
                "It lasted in 1871.",
            ),
            (
                "What did the repair cost?",
                AnswerKind::Money,
                "It came to \u{a3}900.",
                "It took 900 days.",
            ),
            (
                "How tall is it?",
                AnswerKind::Measure,
                "It is 38 metres high.",
                "It is high.",
            ),
            (
                "Why was it lit?",
                AnswerKind::Reason,
                "It was lit because ships sank.",
                "It was lit at night.",
            ),
            (
                "What is a breaker?",
                AnswerKind::Definition,
                "A breaker is a switch.",
                "Pools have no breaker.",
            ),
        ] {
            assert_eq!(
                told(question, right),
                (expected, Some(true)),
                "{question} {right}"
            );
            assert_eq!(
                told(question, wrong),
                (expected, Some(false)),
                "{question} {wrong}"
            );
        }
        assert_eq!(told("Does it work?", "It works."), (AnswerKind::Anything, None));
    }
}
