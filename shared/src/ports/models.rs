//! Ports to language models: text generation and embeddings.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{
    deadline::Deadline,
    domain::{Attempt, Candidate, Completion, Model, OnInterruption, Progress, Prompt, TextUse, UserId},
};

/// Generates text with language models.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Whether a request may name this model.
    fn serves(&self, model: &str) -> bool;

    /// Returns the candidate models for a prompt of `prompt_bytes` and a completion of `max_tokens`, in the order they
    /// would be called. Candidates that cannot be called say why. Makes no calls.
    fn plan(&self, model: &Model, prompt_bytes: usize, max_tokens: u32) -> Vec<Candidate>;

    /// Fetches what the first call needs, such as API keys, so that it can run beside other work. Errors surface in
    /// [`Llm::generate`].
    async fn warm(&self);

    /// Generates a completion with the first candidate that succeeds and reports each step to `progress`. `progress`
    /// returns whether any text so far was shown to the caller: text that was not shown can be discarded, so the next
    /// model may start over.
    async fn generate(
        &self,
        request: GenerateRequest<'_>,
        progress: &mut (dyn FnMut(Progress) -> bool + Send),
    ) -> GenerateOutcome;
}

/// A request to generate text.
#[derive(Debug, Clone, Copy)]
pub struct GenerateRequest<'a> {
    /// The user whose budget pays.
    pub user: &'a UserId,
    /// The model to use.
    pub model: &'a Model,
    /// The prompt.
    pub prompt: &'a Prompt,
    /// When the completion must be there.
    pub deadline: Deadline,
    /// What to do if a model breaks off after part of its text was shown.
    pub on_interruption: OnInterruption,
    /// Cancelled when the caller disconnects: the call then ends, and what it spent is settled.
    pub cancellation: &'a CancellationToken,
    /// Cancelled when what has been written is enough: the call then ends as if the model had.
    pub enough: &'a CancellationToken,
}

/// The result of generating text, with the calls that led to it.
#[derive(Debug)]
pub struct GenerateOutcome {
    /// Provider calls and skipped candidates, in order.
    pub attempts: Vec<Attempt>,
    /// The completion, or why there is none.
    pub result: Result<Completion, LlmError>,
}

/// Why there is no complete text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// No provider is configured.
    #[error("no model provider is configured")]
    NoProvider,
    /// No candidate can be called: each is too small, too expensive or has an open circuit.
    #[error("no model fits the request")]
    NoneFits,
    /// The request would exceed a cap on tokens or money.
    #[error("the budget for models is used up")]
    BudgetExhausted,
    /// Every candidate that was called failed.
    #[error("every model provider failed")]
    AllFailed,
    /// The deadline passed.
    #[error("no model answered in time")]
    Deadline,
    /// The caller disconnected.
    #[error("the caller has left")]
    Cancelled,
    /// A model broke off after part of its text was shown.
    #[error("the model broke off in the middle of its answer")]
    Incomplete {
        /// The text so far.
        text: String,
    },
}

/// Computes embeddings.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Returns the embedding space, named after provider and model; vectors of different spaces cannot be compared.
    /// `None` if no provider is configured for embeddings.
    fn space(&self) -> Option<String>;

    /// Returns one vector per text, in order, all of the same length. Some models embed questions and documents
    /// differently.
    async fn embed(
        &self,
        user: &UserId,
        texts: &[String],
        text_use: TextUse,
        deadline: Deadline,
    ) -> EmbedOutcome;
}

/// The result of computing embeddings, with the calls that led to it.
#[derive(Debug)]
pub struct EmbedOutcome {
    /// Provider calls, in order.
    pub attempts: Vec<Attempt>,
    /// The vectors, or why there are none.
    pub result: Result<Vec<Vec<f32>>, LlmError>,
}
