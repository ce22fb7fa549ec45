//! Whether a sentence holds an answer of the expected kind that does not merely repeat the question.

use std::ops::Range;

use super::{answer_kind::AnswerKind, foreign, terms::QuestionTerms};
use crate::evidence::{side::Side, words::Word};

impl AnswerKind {
    /// Whether a sentence has an answer of this kind in words that the question does not have; `None` for
    /// [`Self::Anything`], which has no form to check.
    pub fn is_met(self, question: &QuestionTerms, sentence: Side<'_>) -> Option<bool> {
        if let Some(language) = question.language
            && let Some(is_met) = foreign::is_met(language, self, question, sentence)
        {
            return Some(is_met);
        }
        let words = sentence.words;
        let new = |word: &Word| !question.has(word);
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
                    && (question.counted.is_empty()
                        || near.iter().any(|other| question.counted.contains(&other.stem)))
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
            Self::Definition => defines(question, sentence),
            Self::Anything => return None,
        })
    }
}

/// Whether a sentence begins with the subject of the question and says what it is.
fn defines(question: &QuestionTerms, sentence: Side<'_>) -> bool {
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
    verb.is_some_and(|verb| verb <= 8 && sentence.words[..verb].iter().any(|word| question.has(word)))
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

/// Whether a word is a number with a unit of time, such as `90ms`.
fn is_compact_time(folded: &str) -> bool {
    let unit = folded.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    unit.len() < folded.len() && matches!(unit, "ms" | "s" | "min" | "h")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::evidence::words::Lexicon;

    /// The kind of answer that a question expects, and whether a sentence has one.
    fn detect(question: &str, sentence: &str) -> (AnswerKind, Option<bool>) {
        let mut lexicon = Lexicon::default();
        let question = QuestionTerms::read(&mut lexicon, question, &BTreeMap::new());
        let words = lexicon.read(sentence, 0..sentence.len());
        let side = Side {
            text: sentence,
            words: &words,
            lexicon: &lexicon,
        };
        (question.expected, question.expected.is_met(&question, side))
    }

    #[test]
    fn an_answer_has_to_be_of_the_expected_kind_in_words_of_its_own() {
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
                detect(question, right),
                (expected, Some(true)),
                "{question} {right}"
            );
            assert_eq!(
                detect(question, wrong),
                (expected, Some(false)),
                "{question} {wrong}"
            );
        }
        assert_eq!(detect("Does it work?", "It works."), (AnswerKind::Anything, None));
    }
}
