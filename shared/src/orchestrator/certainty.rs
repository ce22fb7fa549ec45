//! Certainty: whether an answer is shown as one, as the closest passage, or not at all, and what is missing for one.

use crate::{
    agents::synthesis::WrittenAnswer,
    domain::{Abstention, AbstentionReason, Ask, Certainty, Passage, Question, Verdict},
    evidence::{
        confidence::AnswerSignals,
        confidence_features::ConfidenceFeatures,
        question::{AnswerKind, TermKind},
    },
};

/// An answer is shown as one from this probability on, unless the request moves the bound.
const ANSWER: f64 = 0.6;
/// The closest passage is shown from this probability on.
const UNSURE: f64 = 0.03;
/// Without the kind of answer that is asked for, the closest passage is shown from this probability on.
const UNSURE_WITHOUT_KIND: f64 = 0.15;
/// Where only the title has words of the question, the closest passage is shown from this probability on.
const UNSURE_OF_TITLE: f64 = 0.3;
/// A name that the quoted document lacks prevents an answer from this share of the question's weight on: it distinguishes
/// one thing from similar ones.
const ABSENT_NAME: f64 = 0.15;
/// The same for a number, a year or an ordinal.
const ABSENT_NUMBER: f64 = 0.05;

/// A question, or a part of one, with what is known of the answer to it.
pub(super) struct AssessedPart<'a> {
    /// The part.
    pub(super) question: &'a Question,
    /// The features of the retrieved passages.
    pub(super) features: ConfidenceFeatures,
    /// The signals of the quoted block.
    pub(super) signals: AnswerSignals,
}

/// The decision about an answer.
pub(super) struct Decision {
    /// How it is shown.
    pub(super) certainty: Certainty,
    /// Why it is not shown, if it is not.
    pub(super) abstained: Option<Abstention>,
}

impl Decision {
    fn shown(certainty: Certainty) -> Self {
        Self {
            certainty,
            abstained: None,
        }
    }

    fn none(reason: AbstentionReason, detail: String) -> Self {
        Self {
            certainty: Certainty::None,
            abstained: Some(Abstention { reason, detail }),
        }
    }
}

/// Decides how an answer is shown. `parts` are the parts of the question, or the question as a whole: the answer is shown
/// when one of them is answered, and as an answer when all are.
pub(super) fn decide(
    ask: &Ask,
    passages: &[Passage],
    written: &WrittenAnswer,
    parts: &[AssessedPart<'_>],
    confidence: f64,
) -> Decision {
    if passages.is_empty() {
        let detail = format!(
            "nothing in the library `{}` has words of the question",
            ask.library
        );
        return Decision::none(AbstentionReason::NoSources, detail);
    }
    let weak = |detail: String| Decision::none(AbstentionReason::WeakRetrieval, detail);
    let has = |verdict: Verdict| written.claims.iter().any(|claim| claim.verdict == verdict);
    if !has(Verdict::Supported) && !has(Verdict::Disputed) {
        let nothing = "no sentence of the library says enough about the question";
        return weak(written.objection.as_deref().unwrap_or(nothing).to_owned());
    }
    let lacks = parts.iter().filter_map(|part| lack(part, confidence));
    let lacks: Vec<String> = lacks.collect();
    if lacks.len() == parts.len()
        && let Some(lack) = lacks.first()
    {
        return weak(lack.clone());
    }
    let is_of_kind = parts.iter().all(|part| !lacks_kind(part));
    let least = if is_of_kind { UNSURE } else { UNSURE_WITHOUT_KIND };
    // Documents that state different values are equally close to the question, so that none is ahead.
    if confidence < least && !written.is_contested {
        return weak(missing(&parts[0]));
    }
    let bound = if ask.confidence_threshold > 0.0 {
        ask.confidence_threshold
    } else {
        ANSWER
    };
    let is_answer = confidence >= bound && is_of_kind && lacks.is_empty();
    Decision::shown(if is_answer {
        Certainty::Answer
    } else {
        Certainty::Unsure
    })
}

/// What the quoted passage lacks for any answer, in words; `None` when it lacks nothing.
fn lack(part: &AssessedPart<'_>, confidence: f64) -> Option<String> {
    let threshold = |kind: TermKind| match kind {
        TermKind::Plain | TermKind::Light => f64::INFINITY,
        TermKind::Name => ABSENT_NAME,
        TermKind::Number => ABSENT_NUMBER,
    };
    let absent = part.features.absent.iter();
    let absent: Vec<&str> = absent
        .filter(|(word, share)| *share >= threshold(word.kind))
        .map(|(word, _)| word.text.as_str())
        .collect();
    if !absent.is_empty() {
        return Some(format!(
            "no passage has {} together with the rest of the question",
            quoted(&absent)
        ));
    }
    // A title that names the subject says nothing about it.
    let is_unlikely = confidence < UNSURE_OF_TITLE && kind(part.signals.expected).is_some();
    let lacks_word = part.signals.rest == 0.0 && !part.signals.missing_words.is_empty();
    let says_nothing = part.signals.near == 0.0 || lacks_word && is_unlikely;
    says_nothing.then(|| missing(part))
}

/// Whether the quoted block has no answer of the kind that is asked for.
fn lacks_kind(part: &AssessedPart<'_>) -> bool {
    part.signals.is_expected == Some(false) && kind(part.signals.expected).is_some()
}

/// What is missing for an answer, in words.
fn missing(part: &AssessedPart<'_>) -> String {
    let question = part.question.as_str().trim_end_matches(['?', '？', ' ']);
    let words: Vec<&str> = part
        .signals
        .missing_words
        .iter()
        .take(3)
        .map(String::as_str)
        .collect();
    let kind = kind(part.signals.expected).filter(|_| lacks_kind(part));
    match (kind, words.is_empty()) {
        (Some(kind), _) => format!("no passage about \u{201c}{question}\u{201d} gives {kind}"),
        (None, false) => format!("no passage about this says anything of {}", quoted(&words)),
        (None, true) => format!("no passage answers \u{201c}{question}\u{201d}"),
    }
}

fn kind(kind: AnswerKind) -> Option<&'static str> {
    Some(match kind {
        AnswerKind::Person => "a name",
        AnswerKind::Place => "a place",
        AnswerKind::Date => "a date or time",
        AnswerKind::Year => "a year",
        AnswerKind::Count => "the number of what is asked for",
        AnswerKind::Duration => "a length of time",
        AnswerKind::Money => "an amount of money",
        AnswerKind::Measure => "a number",
        AnswerKind::Definition | AnswerKind::Reason | AnswerKind::Anything => return None,
    })
}

/// Words in quotation marks, joined by "and".
fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words
        .iter()
        .map(|word| format!("\u{201c}{word}\u{201d}"))
        .collect();
    quoted.join(" and ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        agents::{retrieval::Retrieved, synthesis::extractive::Reading},
        evidence::{claims, confidence::confidence, confidence_features::confidence_features},
        retrieval::test_passages::passage,
    };

    /// The decision when `answer` is quoted from the passages.
    fn asked(question: &str, answer: &str, passages: &[Passage], threshold: f64) -> Decision {
        let question = Question::parse(question).unwrap();
        let claims = claims::verify(answer, passages);
        let retrieved = Retrieved {
            passages: passages.to_vec(),
            ..Retrieved::default()
        };
        let reading = Reading::new(&question, &retrieved);
        let mut signals = reading.answer_signals(&claims);
        let part = AssessedPart {
            question: &question,
            features: confidence_features(&question, &BTreeMap::new(), passages, &claims),
            signals: signals.remove(0).1,
        };
        let confidence = confidence(&part.features, &part.signals, &claims).answer;
        let mut ask = Ask::new(question.clone());
        ask.confidence_threshold = threshold;
        let written = WrittenAnswer {
            text: answer.to_owned(),
            claims,
            objection: None,
            provider: String::new(),
            model: String::new(),
            attempts: Vec::new(),
            stages: Vec::new(),
            interruption: None,
            was_streamed: false,
            is_contested: false,
        };
        decide(&ask, passages, &written, &[part], confidence)
    }

    const OUTAGE: &str = "The Basel outage lasted 43 minutes. It began at night.";

    fn of_outage(question: &str) -> Decision {
        let passages = [passage("a", OUTAGE), passage("b", "Bread is baked in Turin.")];
        asked(
            question,
            "The Basel outage lasted 43 minutes. [1]",
            &passages,
            0.0,
        )
    }

    #[test]
    fn what_the_passage_says_is_shown() {
        for question in [
            "How long did the Basel outage last?",
            "How many minutes did the outage in Basel last at night?",
        ] {
            assert!(of_outage(question).certainty > Certainty::None, "{question}");
        }
    }

    #[test]
    fn a_name_or_number_that_no_passage_has_with_the_rest_is_named() {
        for (question, missing) in [
            ("How long did the Turin outage last?", "\u{201c}Turin\u{201d}"),
            (
                "How long did the Basel outage of 2019 last?",
                "\u{201c}2019\u{201d}",
            ),
            (
                "How long did the second Basel outage last?",
                "\u{201c}second\u{201d}",
            ),
        ] {
            let detail = of_outage(question).abstained.unwrap().detail;
            assert!(
                detail.starts_with("no passage has") && detail.contains(missing),
                "{detail}"
            );
        }
        assert_ne!(of_outage("Who repaired Basel?").certainty, Certainty::Answer);
    }

    #[test]
    fn another_kind_of_answer_than_was_asked_for_is_none() {
        let text = "The Basel outage had a high cost.";
        let of = |question| asked(question, &format!("{text} [1]"), &[passage("a", text)], 0.0);
        assert_ne!(
            of("What was the cost of the Basel outage?").certainty,
            Certainty::Answer
        );
        assert!(of("Why did the Basel outage have a high cost?").certainty > Certainty::None);
    }

    #[test]
    fn a_title_that_names_the_subject_says_nothing_about_it() {
        let mut holm = passage("a", "In 1880 she moved to Bergen.");
        let mut header = (*holm.header).clone();
        "Ada Holm".clone_into(&mut header.title);
        holm.header = header.into();
        let of = |question| {
            asked(
                question,
                "In 1880 she moved to Bergen. [1]",
                std::slice::from_ref(&holm),
                0.0,
            )
        };
        assert_eq!(of("When was Ada Holm born?").certainty, Certainty::None);
        assert!(of("When did Ada Holm move to Bergen?").certainty > Certainty::None);
    }

    #[test]
    fn nothing_found_and_nothing_supported_are_different_reasons() {
        let reason = |decision: Decision| decision.abstained.unwrap().reason;
        let none = asked("What?", "", &[], 0.0);
        assert_eq!(reason(none), AbstentionReason::NoSources);
        let passages = [passage("a", OUTAGE)];
        let unproved = asked("Basel outage?", "The moon is full. [1]", &passages, 0.0);
        assert_eq!(reason(unproved), AbstentionReason::WeakRetrieval);
    }

    #[test]
    fn the_threshold_of_a_request_moves_the_bound_of_an_answer() {
        let passages = [passage("a", OUTAGE), passage("b", "Bread is baked in Turin.")];
        let of = |threshold| {
            let answer = "The Basel outage lasted 43 minutes. [1]";
            asked(
                "How long did the Basel outage last?",
                answer,
                &passages,
                threshold,
            )
            .certainty
        };
        assert_eq!(of(0.01), Certainty::Answer);
        assert_eq!(of(1.0), Certainty::Unsure);
    }
}
