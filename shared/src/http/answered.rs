//! The ways in which a question is answered as a whole: previewed, put off, or at once.

use lambda_http::{Body, Response, http::StatusCode};

use super::{RequestContext, accepted, json, set_server_timing};
use crate::{
    domain::{Ask, QueryStatus},
    error::HubError,
    orchestrator::Orchestrator,
    ports::QueueQuestions,
};

/// Answers a question as the caller prefers (`Prefer: respond-async`); shows the stages in `Server-Timing`.
///
/// # Errors
/// Whatever keeps it from being answered or queued.
pub async fn answered(
    context: &RequestContext<'_>,
    ask: &Ask,
    orchestrator: &Orchestrator,
    queue: &dyn QueueQuestions,
) -> Result<Response<Body>, HubError> {
    if ask.dry_run {
        return json(StatusCode::OK, &orchestrator.preview(ask));
    }
    if context.prefers("respond-async") {
        let answer = orchestrator.pending(ask);
        queue.enqueue(&context.user, ask, &answer).await?;
        let query_status = QueryStatus::pending(answer.query_id);
        return accepted(&format!("/queries/{}", answer.query_id), &query_status);
    }
    let answer = orchestrator.answer(&context.user, ask, context.deadline).await?;
    let mut response = json(StatusCode::OK, &answer)?;
    set_server_timing(&mut response, &answer.stages);
    Ok(response)
}
