//! The synthesis agent run alone: an answer from passages that are given, or found. It is shown, and kept nowhere.

use serde::Serialize;

use super::{Composed, compose, find, plan::pattern, usage};
use crate::{
    agents::{
        citation,
        retrieval::{Retrieval, Retrieved},
        synthesis::Synthesis,
    },
    deadline::Deadline,
    domain::{Abstention, Ask, Attempt, Claim, Passage, Source, Stage, Usage, UserId},
    error::HubError,
    event_sink::EventSink,
};

/// What the agent wrote; each field as in an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Synthesized {
    /// Markdown with `[n]` markers that name sources; empty when `abstained`.
    pub answer: String,
    /// Why there is no answer, if there is none.
    pub abstained: Option<Abstention>,
    /// The sentences of the answer that assert something.
    pub claims: Vec<Claim>,
    /// The passages; source `n` is the `n`th of those that were given.
    pub sources: Vec<Source>,
    /// What was done, in order.
    pub stages: Vec<Stage>,
    /// Names of stages that gave nothing because they failed or were late.
    pub degraded: Vec<String>,
    /// The calls of model providers, in order.
    pub attempts: Vec<Attempt>,
    /// What it cost.
    pub usage: Usage,
    /// Who wrote it; `extractive` when no model did.
    pub provider: String,
    /// With which model.
    pub model: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// Writes an answer from `given`, or from what the library has where nothing is given.
///
/// # Errors
/// When every lane failed, or no model wrote and quoting was refused.
pub async fn synthesize(
    retrieval: &Retrieval,
    synthesis: &Synthesis,
    user: &UserId,
    ask: &Ask,
    given: Vec<Passage>,
    deadline: Deadline,
) -> Result<Synthesized, HubError> {
    let mut retrieved = if given.is_empty() {
        let (found, ()) = tokio::join!(Box::pin(find(retrieval, ask, deadline)), synthesis.warm(ask));
        found?
    } else {
        Retrieved::given(given, &ask.question, pattern(&ask.question).parts)
    };
    let mut stages = std::mem::take(&mut retrieved.stages);
    let Composed {
        written, abstained, ..
    } = compose(synthesis, user, ask, &retrieved, &EventSink::disabled(), deadline).await?;
    stages.extend(written.stages);
    Ok(Synthesized {
        answer: written.text,
        abstained,
        claims: written.claims,
        sources: citation::sources(&retrieved.passages),
        degraded: Retrieved::degraded(&stages),
        stages,
        usage: usage(&written.attempts),
        attempts: written.attempts,
        provider: written.provider,
        model: written.model,
        took_ms: deadline.elapsed().as_millis() as u64,
    })
}
