//! Abstention: whether a question should not be answered, and why. The words that the question depends on must be in the
//! document that the answer quotes.

use crate::{
    agents::synthesis::WrittenAnswer,
    domain::{Abstention, AbstentionReason, Ask, Passage, Verdict},
    evidence::{
        confidence_features::ConfidenceFeatures,
        question::{AnswerKind, QuestionTerm, TermKind},
    },
};

/// A word that the quoted document lacks prevents an answer from this share of the question's weight on. This and
/// [`answerability`] are fitted on every second question of Natural Questions, with and without the right passage in the
/// library, and on questions over the sample library, some of which it cannot answer.
const ABSENT_WORD: f64 = 0.35;
/// The same for a name, which distinguishes one thing from similar ones.
const ABSENT_NAME: f64 = 0.15;
/// The same for a number, a year or an ordinal.
const ABSENT_NUMBER: f64 = 0.05;

/// The reason to abstain, if there is one. `parts` are the features of each part of the question, or of the question as a
/// whole: one part that can be answered is enough for an answer.
pub(super) fn abstain(
    ask: &Ask,
    passages: &[Passage],
    written: &WrittenAnswer,
    parts: &[ConfidenceFeatures],
    confidence: f64,
) -> Option<Abstention> {
    if passages.is_empty() {
        let detail = format!(
            "nothing in the library `{}` has words of the question",
            ask.library
        );
        return Some(Abstention {
            reason: AbstentionReason::NoSources,
            detail,
        });
    }
    let weak = |detail: String| Abstention {
        reason: AbstentionReason::WeakRetrieval,
        detail: format!("{detail}; the closest passages are listed"),
    };
    let has = |verdict: Verdict| written.claims.iter().any(|claim| claim.verdict == verdict);
    if !has(Verdict::Supported) && !has(Verdict::Disputed) {
        let nothing = "no sentence of the library says enough about the question";
        return Some(weak(written.objection.as_deref().unwrap_or(nothing).to_owned()));
    }
    // Texts rarely state what two sides are compared by, so only names and numbers count there.
    let absent_word = if parts.len() > 1 {
        f64::INFINITY
    } else {
        ABSENT_WORD
    };
    let lacks: Vec<String> = parts.iter().filter_map(|part| lack(part, absent_word)).collect();
    if lacks.len() == parts.len()
        && let Some(lack) = lacks.into_iter().next()
    {
        return Some(weak(lack));
    }
    // Documents that state different values are equally close to the question, so that none is ahead.
    if let [whole] = parts
        && !written.is_contested
        && answerability(whole) < 0.0
    {
        let share = |part: f64| format!("{:.0} %", part * 100.0);
        return Some(weak(format!(
            "the quotations have {} of what was asked, the best passage {}, and it is {} ahead of the next document: \
             together too little",
            share(whole.coverage),
            share(whole.best_passage),
            share(whole.margin)
        )));
    }
    if confidence < ask.confidence_threshold {
        let under = format!(
            "the confidence {confidence} is under the threshold {} that was asked for",
            ask.confidence_threshold
        );
        // Every source that supports the answer is contradicted by another one.
        if !has(Verdict::Supported) {
            let detail = format!("sources contradict one another about this, and {under}");
            return Some(Abstention {
                reason: AbstentionReason::SourcesConflict,
                detail,
            });
        }
        return Some(weak(under));
    }
    None
}

/// The log-odds that the library has the answer: a logistic regression on the coverage of the quotations and of the best
/// passage, the margin of that passage, and the length of the question.
fn answerability(features: &ConfidenceFeatures) -> f64 {
    let words = features.words.max(1) as f64;
    2.2 * features.coverage + 3.76 * features.best_passage + 2.8 * features.margin + 1.37 * words.ln() - 6.26
}

/// What the quoted passage lacks for an answer, in words; `None` when it lacks nothing.
fn lack(features: &ConfidenceFeatures, absent_word: f64) -> Option<String> {
    let threshold = |word: &QuestionTerm| match word.kind {
        TermKind::Plain => absent_word,
        TermKind::Light => f64::INFINITY,
        TermKind::Name => ABSENT_NAME,
        TermKind::Number => ABSENT_NUMBER,
    };
    let absent: Vec<String> = features
        .absent
        .iter()
        .filter(|(word, share)| *share >= threshold(word))
        .map(|(word, _)| format!("\u{201c}{}\u{201d}", word.text))
        .collect();
    if !absent.is_empty() {
        return Some(format!(
            "no passage has {} together with the rest of the question",
            absent.join(" and ")
        ));
    }
    let kind = match (features.is_expected, features.expected) {
        (Some(false), AnswerKind::Count) => "the number of what is asked for",
        (Some(false), AnswerKind::Duration) => "a length of time",
        (Some(false), AnswerKind::Money) => "an amount of money",
        (Some(false), AnswerKind::Measure) => "a number",
        (Some(false), AnswerKind::Year) => "a year",
        _ => return None,
    };
    Some(format!(
        "no sentence about this has {kind}, and the question asks for one"
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        domain::Question,
        evidence::{claims, confidence::confidence, confidence_features::confidence_features},
        retrieval::test_passages::passage,
    };

    /// The abstention when `answer` is quoted from the passages.
    fn asked(question: &str, answer: &str, passages: &[Passage], threshold: f64) -> Option<Abstention> {
        let question = Question::parse(question).unwrap();
        let claims = claims::verify(answer, passages);
        let features = confidence_features(&question, &BTreeMap::new(), passages, &claims);
        let confidence = confidence(&features, &claims).answer;
        let mut ask = Ask::new(question);
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
        abstain(&ask, passages, &written, &[features], confidence)
    }

    const OUTAGE: &str = "The Basel outage lasted 43 minutes. It began at night.";

    fn of_outage(question: &str) -> Option<String> {
        let passages = [passage("a", OUTAGE), passage("b", "Bread is baked in Turin.")];
        asked(
            question,
            "The Basel outage lasted 43 minutes. [1]",
            &passages,
            0.0,
        )
        .map(|abstained| abstained.detail)
    }

    #[test]
    fn what_the_passage_says_is_answered() {
        assert_eq!(of_outage("How long did the Basel outage last?"), None);
        assert_eq!(
            of_outage("How many minutes did the outage in Basel last at night?"),
            None
        );
    }

    #[test]
    fn a_name_a_year_or_a_subject_that_no_passage_has_with_the_rest_is_named() {
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
            ("Who repaired Basel?", "\u{201c}repaired\u{201d}"),
        ] {
            let detail = of_outage(question).unwrap();
            assert!(
                detail.starts_with("no passage has") && detail.contains(missing),
                "{detail}"
            );
        }
    }

    #[test]
    fn another_kind_of_answer_than_was_asked_for_is_none() {
        let text = "The Basel outage had a high cost.";
        let of = |question| {
            asked(
                question,
                "The Basel outage had a high cost. [1]",
                &[passage("a", text)],
                0.0,
            )
        };
        assert!(
            of("What was the cost of the Basel outage?")
                .unwrap()
                .detail
                .contains("an amount of money")
        );
        assert!(of("Why did the Basel outage have a high cost?").is_none());
    }

    #[test]
    fn nothing_found_and_nothing_supported_are_different_reasons() {
        let none = asked("What?", "", &[], 0.0).unwrap();
        assert_eq!(none.reason, AbstentionReason::NoSources);
        let passages = [passage("a", OUTAGE)];
        let unproved = asked("Basel outage?", "The moon is full. [1]", &passages, 0.0).unwrap();
        assert_eq!(unproved.reason, AbstentionReason::WeakRetrieval);
    }

    #[test]
    fn contradicting_sources_are_the_reason_where_more_confidence_is_wanted() {
        let passages = [
            passage("a", "The Basel outage lasted 43 minutes."),
            passage("b", "The Basel outage lasted 34 minutes."),
        ];
        let ask = |threshold| {
            asked(
                "How long did the Basel outage last?",
                "The Basel outage lasted 43 minutes. [1]",
                &passages,
                threshold,
            )
        };
        assert_eq!(ask(0.0), None, "both sides are shown");
        assert_eq!(ask(0.6).unwrap().reason, AbstentionReason::SourcesConflict);
    }
}
