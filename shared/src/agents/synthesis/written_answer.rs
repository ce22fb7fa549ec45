//! A written answer: the verified text of a model or of the extractive writer, and how it came about.

use super::{draft::Draft, extractive::Quotation, verified_text::VerifiedText};
use crate::{
    domain::{Attempt, Claim, Completion, Passage, Stage},
    evidence::{disagreement::Conflict, verifier::Verifier},
    ports::LlmError,
};

/// The provider and model name of an answer that no model wrote.
pub const EXTRACTIVE: &str = "extractive";

/// A written answer. Every sentence in it is supported or disputed by the passages.
#[derive(Debug)]
pub struct WrittenAnswer {
    /// The text with `[n]` markers; empty when there is no answer.
    pub text: String,
    /// Its sentences with their citations.
    pub claims: Vec<Claim>,
    /// Why the model gave no answer, where one was asked.
    pub objection: Option<String>,
    /// The provider that wrote it.
    pub provider: String,
    /// The model that wrote it.
    pub model: String,
    /// The calls of providers, in order.
    pub attempts: Vec<Attempt>,
    /// The stages of writing and verifying.
    pub stages: Vec<Stage>,
    /// Why the text is incomplete, if it is.
    pub interruption: Option<Interruption>,
    /// Whether its sentences have been sent as events.
    pub was_streamed: bool,
    /// Whether it quotes all sides of a disagreement about the question.
    pub is_contested: bool,
}

/// Why a text is incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// The model stopped in the middle, after some of its text had been shown.
    Incomplete,
    /// The time was over while the model wrote; nothing of it had been shown.
    OutOfTime,
    /// The caller disconnected.
    Cancelled,
}

/// The outcome of asking models to write.
pub(super) enum ModelOutcome {
    /// An answer that the passages support, at least in part.
    Answered,
    /// The model said that the passages do not answer the question.
    Declined,
    /// A text that the passages do not support.
    Unsupported,
    /// No text.
    Failed(LlmError),
    /// The request wants no model.
    NotAsked,
}

impl WrittenAnswer {
    /// No text yet; extractive until a model has written one.
    pub(super) fn empty() -> Self {
        Self {
            text: String::new(),
            claims: Vec::new(),
            objection: None,
            provider: EXTRACTIVE.to_owned(),
            model: EXTRACTIVE.to_owned(),
            attempts: Vec::new(),
            stages: Vec::new(),
            interruption: None,
            was_streamed: false,
            is_contested: false,
        }
    }

    pub(super) fn set_text(&mut self, verified: VerifiedText) {
        (self.text, self.claims) = (verified.text, verified.claims);
    }

    /// Takes over quotations. One that another source contradicts is disputed, and cites that source too.
    pub(super) fn set_quotations(
        &mut self,
        quotations: &[Quotation],
        conflicts: &[Conflict],
        passages: &[Passage],
    ) {
        let mut verified = VerifiedText::default();
        let mut verifier = Verifier::new(passages);
        for quotation in quotations {
            verified.begin_paragraph();
            for unit in &quotation.units {
                verified.quote(unit, conflicts, &mut verifier);
            }
        }
        self.set_text(verified);
    }

    /// Takes over a model's complete text, if the passages support any of it.
    pub(super) fn set_verified(&mut self, draft: Draft<'_>, completion: Completion) -> ModelOutcome {
        let verified = draft.into_verified();
        let verify = self.stages.iter_mut().rfind(|stage| stage.name == "verify");
        if let Some(verify) = verify {
            verify.reason = verified.changes();
        }
        if verified.text.is_empty() {
            self.objection = Some("the passages support nothing that the model wrote".to_owned());
            return ModelOutcome::Unsupported;
        }
        self.set_text(verified);
        (self.provider, self.model) = (completion.provider, completion.model);
        ModelOutcome::Answered
    }

    /// Takes over what has been proved of a text that will not be completed.
    pub(super) fn set_interrupted(
        &mut self,
        interruption: Interruption,
        verified: VerifiedText,
    ) -> ModelOutcome {
        self.set_text(verified);
        self.interruption = Some(interruption);
        self.was_streamed = interruption != Interruption::OutOfTime;
        if let Some(last) = self.attempts.iter().rfind(|attempt| attempt.input_tokens > 0) {
            (self.provider, self.model) = (last.provider.clone(), last.model.clone());
        }
        ModelOutcome::Answered
    }
}
