//! Asks a question again, and says what is different. The answer that it had is kept as an earlier version.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    answering::Answering,
    config::Config,
    domain::{Answer, AnswerDiff},
    error::HubError,
    http::{self, Body, Call, Reprocessed, Request, Response, StatusCode, requests, respond},
    listener::Listener,
    orchestrator::Orchestrator,
    ports::{ReadAnswers, ReplaceAnswers, StoreError},
};

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) versions: Arc<dyn ReplaceAnswers>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let Answering {
            orchestrator,
            answers,
            ..
        } = Answering::new(config).await;
        Self {
            orchestrator,
            answers: answers.clone(),
            versions: answers,
            timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, Box::pin(reprocess(app, &call))).await)
}

async fn reprocess(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(call)?;
    let again = requests::again(call.request, |model| app.orchestrator.serves(model))?;
    let stored = app.answers.get(&call.user, id).await?;
    let stored = stored.ok_or(HubError::NotFound("query"))?;
    if stored.answer.status.is_running() {
        return Err(HubError::Running("query"));
    }
    let ask = again.of(&stored.answer)?;
    let (before, version) = (stored.answer.clone(), stored.version);
    let recorder = app.versions.replacing(stored);
    let listener = Listener::nobody();
    let answer =
        app.orchestrator
            .answer_accepted(&call.user, &ask, &before, &*recorder, &listener, call.deadline);
    let answer = answer.await.map_err(|error| match error {
        HubError::Store(StoreError::Conflict) | HubError::Conflict(_) => HubError::Conflict("query"),
        other => other,
    })?;
    let diff = AnswerDiff::between(&before, &answer);
    // What the caller added to the question stays with it.
    let answer = Answer {
        tags: before.tags,
        notes: before.notes,
        metadata: before.metadata,
        ..answer
    };
    let reply = Reprocessed {
        version: version + 1,
        previous_version: version,
        answer,
        diff,
    };
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.answer.stages);
    Ok(response)
}
