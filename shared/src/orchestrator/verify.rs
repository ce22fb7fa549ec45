//! The verify step: how sure an answer is, and whether it may be shown as one.

use super::certainty::{AssessedPart, Decision, decide};
use crate::{
    agents::{
        retrieval::Retrieved,
        synthesis::{EXTRACTIVE, Interruption, WrittenAnswer, extractive::Reading, quoted},
    },
    domain::{Abstention, Ask, Certainty, Claim, Confidence, Event},
    event_sink::EventSink,
    evidence::{confidence::confidence, confidence_features::confidence_features},
};

/// A written answer and the decision about it.
pub(super) struct Verified {
    /// The answer; without text and claims when `abstained`.
    pub(super) written: WrittenAnswer,
    /// How sure it is, as a number.
    pub(super) confidence: Confidence,
    /// How sure it is.
    pub(super) certainty: Certainty,
    /// Why there is no answer, if there is none.
    pub(super) abstained: Option<Abstention>,
}

/// Decides whether a written answer may be shown as one. The text of an answer that may not be shown at all is withdrawn.
pub(super) fn verify(
    ask: &Ask,
    retrieved: &Retrieved,
    reading: &Reading<'_>,
    mut written: WrittenAnswer,
    sink: &EventSink,
) -> Verified {
    let (confidence, decision) = assess(ask, retrieved, reading, &written);
    let Decision {
        mut certainty,
        mut abstained,
    } = decision;
    // What has been shown of an interrupted answer stays: each of its sentences has been verified.
    let is_shown = written.interruption.is_some() && written.was_streamed;
    if is_shown && abstained.take().is_some() {
        certainty = Certainty::Unsure;
    }
    if abstained.is_some() {
        if written.was_streamed && !written.claims.is_empty() {
            sink.emit(Event::Restart {});
        }
        (written.text, written.claims) = (String::new(), Vec::new());
    }
    Verified {
        written,
        confidence,
        certainty,
        abstained,
    }
}

/// What a model has proved, if that is an answer or nothing surer can be quoted; else the quotations: what is true may be
/// beside the point. That a model finds no answer stays, and what a reader has seen of an interrupted answer.
pub(super) fn surer(
    ask: &Ask,
    retrieved: &Retrieved,
    reading: &Reading<'_>,
    written: WrittenAnswer,
    sink: &EventSink,
) -> WrittenAnswer {
    let is_open = matches!(written.interruption, None | Some(Interruption::OutOfTime))
        && written.provider != EXTRACTIVE
        && !written.claims.is_empty()
        && !written.is_contested;
    if !is_open || !ask.extractive {
        return written;
    }
    let is_answer =
        |answer: &WrittenAnswer| assess(ask, retrieved, reading, answer).1.certainty == Certainty::Answer;
    if is_answer(&written) {
        return written;
    }
    let quotations = quoted(ask, retrieved, reading);
    if !is_answer(&quotations) {
        return written;
    }
    if written.was_streamed {
        sink.emit(Event::Restart {});
    }
    WrittenAnswer {
        attempts: written.attempts,
        stages: written.stages,
        ..quotations
    }
}

/// How sure an answer is, and whether it may be shown. A question with several parts is as sure as its least sure part.
pub(super) fn assess(
    ask: &Ask,
    retrieved: &Retrieved,
    reading: &Reading<'_>,
    written: &WrittenAnswer,
) -> (Confidence, Decision) {
    let parts = signals_of_parts(retrieved, reading, &written.claims);
    let weakest = parts
        .iter()
        .map(|part| confidence(&part.features, &part.signals, &written.claims))
        .min_by(|one, other| one.answer.total_cmp(&other.answer));
    let confidence = weakest.unwrap_or_default();
    let decision = decide(ask, &retrieved.passages, written, &parts, confidence.answer);
    (confidence, decision)
}

/// The signals of the question as a whole, or of each of its parts.
pub(super) fn signals_of_parts<'a>(
    retrieved: &Retrieved,
    reading: &'a Reading<'_>,
    claims: &[Claim],
) -> Vec<AssessedPart<'a>> {
    let weights = |place: usize| {
        let part = retrieved.parts.get(place);
        part.map_or(&retrieved.weights, |part| &part.weights)
    };
    let parts = reading.answer_signals(claims).into_iter().enumerate();
    let assessed = parts.map(|(place, (question, signals))| AssessedPart {
        question,
        features: confidence_features(question, weights(place), &retrieved.passages, claims),
        signals,
    });
    assessed.collect()
}
