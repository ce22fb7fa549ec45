//! Reads a question and has it answered from all sides, at once or later.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    answering::Answering,
    config::Config,
    error::HubError,
    http::{Body, Call, Request, Response, answered, once, requests, respond},
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
    let ask = requests::comprehensive(call.request, |model| app.orchestrator.serves(model))?;
    answered(call, &ask, &app.orchestrator, &*app.queue).await
}
