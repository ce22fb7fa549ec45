//! Reads a question, has it answered, shows the stages in `Server-Timing`; or, where the caller does not wait, queues it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    answering::Answering,
    config::Config,
    domain::Standing,
    error::HubError,
    http::{self, Body, Call, Request, Response, StatusCode, once, requests, respond},
    orchestrator::Orchestrator,
    ports::{Idempotency, QueueQuestions},
};

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) queue: Arc<dyn QueueQuestions>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let Answering {
            orchestrator,
            answers,
            access,
        } = Answering::new(config).await;
        Self {
            orchestrator,
            queue: answers,
            idempotency: access,
            timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, once(&call, &*app.idempotency, Box::pin(ask(app, &call)))).await)
}

async fn ask(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let ask = requests::ask(call.request, |model| app.orchestrator.serves(model))?;
    if ask.dry_run {
        return http::json(StatusCode::OK, &app.orchestrator.preview(&ask));
    }
    if call.prefers("respond-async") {
        let answer = app.orchestrator.pending(&ask);
        app.queue.enqueue(&call.user, &ask, &answer).await?;
        let standing = Standing::pending(answer.query_id);
        return http::accepted(&format!("/queries/{}", answer.query_id), &standing);
    }
    let answer = app.orchestrator.answer(&call.user, &ask, call.deadline).await?;
    let mut response = http::json(StatusCode::OK, &answer)?;
    http::set_server_timing(&mut response, &answer.stages);
    Ok(response)
}
