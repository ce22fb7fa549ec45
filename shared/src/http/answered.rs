//! The ways in which a question is answered as a whole: previewed, put off, or at once.

use lambda_http::{Body, Response, http::StatusCode};

use super::{Call, accepted, json, set_server_timing};
use crate::{
    domain::{Ask, Standing},
    error::HubError,
    orchestrator::Orchestrator,
    ports::QueueQuestions,
};

/// Answers a question as the caller prefers (`Prefer: respond-async`); shows the stages in `Server-Timing`.
///
/// # Errors
/// Whatever keeps it from being answered or queued.
pub async fn answered(
    call: &Call<'_>,
    ask: &Ask,
    orchestrator: &Orchestrator,
    queue: &dyn QueueQuestions,
) -> Result<Response<Body>, HubError> {
    if ask.dry_run {
        return json(StatusCode::OK, &orchestrator.preview(ask));
    }
    if call.prefers("respond-async") {
        let answer = orchestrator.pending(ask);
        queue.enqueue(&call.user, ask, &answer).await?;
        let standing = Standing::pending(answer.query_id);
        return accepted(&format!("/queries/{}", answer.query_id), &standing);
    }
    let answer = orchestrator.answer(&call.user, ask, call.deadline).await?;
    let mut response = json(StatusCode::OK, &answer)?;
    set_server_timing(&mut response, &answer.stages);
    Ok(response)
}
