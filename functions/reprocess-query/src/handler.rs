//! Asks a question again, and says what is different. The answer that it had is kept as an earlier version.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    bootstrap::Services,
    config::Config,
    domain::{Answer, AnswerDiff},
    error::HubError,
    event_sink::EventSink,
    http::{self, Body, Reprocessed, Request, RequestContext, Response, StatusCode, requests, respond},
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
        let Services {
            orchestrator,
            answers,
            ..
        } = Services::new(config).await;
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
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, Box::pin(reprocess(app, &context))).await)
}

async fn reprocess(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    let again = requests::again(context.request, |model| app.orchestrator.serves(model))?;
    let stored = app.answers.get(&context.user, id).await?;
    let stored = stored.ok_or(HubError::NotFound("query"))?;
    if stored.answer.status.is_running() {
        return Err(HubError::Running("query"));
    }
    let ask = again.of(&stored.answer)?;
    let (before, version) = (stored.answer.clone(), stored.version);
    let recorder = app.versions.replacing(stored);
    let sink = EventSink::disabled();
    let answer =
        app.orchestrator
            .answer_accepted(&context.user, &ask, &before, &*recorder, &sink, context.deadline);
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
