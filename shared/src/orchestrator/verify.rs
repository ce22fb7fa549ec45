//! The verify step: how sure an answer is, and whether it may be shown.

use super::abstain::abstain;
use crate::{
    agents::{retrieval::Retrieved, synthesis::WrittenAnswer},
    domain::{Abstention, Ask, Claim, Confidence, Event},
    event_sink::EventSink,
    evidence::{
        confidence::confidence,
        confidence_features::{ConfidenceFeatures, confidence_features},
    },
};

/// A written answer and the decision about it.
pub(super) struct Verified {
    /// The answer; without text and claims when `abstained`.
    pub(super) written: WrittenAnswer,
    /// How sure it is.
    pub(super) confidence: Confidence,
    /// Why there is no answer, if there is none.
    pub(super) abstained: Option<Abstention>,
}

/// Decides whether a written answer may be shown. The text of one that may not is withdrawn.
pub(super) fn verify(
    ask: &Ask,
    retrieved: &Retrieved,
    mut written: WrittenAnswer,
    sink: &EventSink,
) -> Verified {
    let (confidence, abstained) = assess(ask, retrieved, &written);
    // What has been shown of an interrupted answer stays: each of its sentences has been verified.
    let abstained = abstained.filter(|_| written.interruption.is_none());
    if abstained.is_some() {
        if written.was_streamed && !written.claims.is_empty() {
            sink.emit(Event::Restart {});
        }
        (written.text, written.claims) = (String::new(), Vec::new());
    }
    Verified {
        written,
        confidence,
        abstained,
    }
}

/// How sure an answer is, and why it should not be given, if so.
pub(super) fn assess(
    ask: &Ask,
    retrieved: &Retrieved,
    written: &WrittenAnswer,
) -> (Confidence, Option<Abstention>) {
    let parts = features_of_parts(ask, retrieved, &written.claims);
    // An answer is as sure as its least sure part.
    let weakest = parts
        .iter()
        .map(|features| confidence(features, &written.claims))
        .min_by(|one, other| one.answer.total_cmp(&other.answer));
    let confidence = weakest.unwrap_or_else(|| confidence(&ConfidenceFeatures::default(), &[]));
    let abstained = abstain(ask, &retrieved.passages, written, &parts, confidence.answer);
    (confidence, abstained)
}

/// The features that confidence is computed from, for the question as a whole or for each of its parts.
pub(super) fn features_of_parts(
    ask: &Ask,
    retrieved: &Retrieved,
    claims: &[Claim],
) -> Vec<ConfidenceFeatures> {
    let Retrieved {
        passages,
        weights,
        parts,
        ..
    } = retrieved;
    if parts.is_empty() {
        return vec![confidence_features(&ask.question, weights, passages, claims)];
    }
    parts
        .iter()
        .map(|part| confidence_features(&part.question, &part.weights, passages, claims))
        .collect()
}
