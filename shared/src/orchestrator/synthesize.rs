//! The synthesis agent run on its own: an answer from passages that the request supplies or the lanes find. Nothing is
//! stored.

use serde::Serialize;

use super::{
    patterns::pattern,
    steps::{search, usage},
    verify::{Verified, surer, verify},
};
use crate::{
    agents::{
        citation,
        retrieval::{self, Retrieval, Retrieved},
        synthesis::{Synthesis, WriteRequest, conflicts, extractive::Reading},
    },
    deadline::Deadline,
    domain::{Abstention, Ask, Attempt, Certainty, Claim, Passage, Source, Stage, Usage, UserId},
    error::HubError,
    event_sink::EventSink,
};

/// The reply of the synthesis agent. Its fields mean what they mean in an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Synthesized {
    /// Markdown with `[n]` markers that name sources; empty when `abstained`.
    pub answer: String,
    /// How sure the answer is.
    pub certainty: Certainty,
    /// Why there is no answer, if there is none.
    pub abstained: Option<Abstention>,
    /// The sentences of the answer that assert something, with their citations.
    pub claims: Vec<Claim>,
    /// The passages; source `n` is the `n`th of those that were supplied or found.
    pub sources: Vec<Source>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The names of the stages that failed or timed out.
    pub degraded: Vec<String>,
    /// The calls of model providers, in order.
    pub attempts: Vec<Attempt>,
    /// Tokens, money and DynamoDB units.
    pub usage: Usage,
    /// The provider that wrote it; `extractive` when no model did.
    pub provider: String,
    /// The model that wrote it; `extractive` when none did.
    pub model: String,
    /// The duration in milliseconds.
    pub took_ms: u64,
}

/// Writes an answer from `supplied`, or from what the library has when no passages are supplied.
///
/// # Errors
/// When every lane failed, or no model wrote an answer and the request refuses quoting.
pub async fn synthesize(
    retrieval: &Retrieval,
    synthesis: &Synthesis,
    user: &UserId,
    ask: &Ask,
    supplied: Vec<Passage>,
    deadline: Deadline,
) -> Result<Synthesized, HubError> {
    let parts = pattern(&ask.question).parts;
    let mut retrieved = if supplied.is_empty() {
        let (results, ()) = tokio::join!(
            Box::pin(search(retrieval, ask, &parts, deadline)),
            synthesis.warm(ask)
        );
        retrieval::fuse(results, ask.top_k.get(), deadline)?
    } else {
        Retrieved::supplied(supplied, &ask.question, parts)
    };
    let mut stages = std::mem::take(&mut retrieved.stages);
    let sink = EventSink::disabled();
    let reading = Reading::new(&ask.question, &retrieved);
    let request = WriteRequest {
        user,
        ask,
        plan: &synthesis.plan(ask),
        retrieved: &retrieved,
        reading: &reading,
        conflicts: &conflicts(ask, &retrieved),
        sink: &sink,
        deadline,
    };
    let written = synthesis.write(&request).await?;
    let written = surer(ask, &retrieved, &reading, written, &sink);
    let Verified {
        written,
        certainty,
        abstained,
        ..
    } = verify(ask, &retrieved, &reading, written, &sink);
    stages.extend(written.stages);
    Ok(Synthesized {
        answer: written.text,
        certainty,
        abstained,
        claims: written.claims,
        sources: citation::sources(&retrieved.passages, reading.snippets()),
        degraded: Retrieved::degraded(&stages),
        stages,
        usage: usage(&written.attempts),
        attempts: written.attempts,
        provider: written.provider,
        model: written.model,
        took_ms: deadline.elapsed().as_millis() as u64,
    })
}
