//! Reads a question and has it answered, at idempotent or later.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    bootstrap::Services,
    config::Config,
    error::HubError,
    http::{Body, Request, RequestContext, Response, answered, idempotent, requests, respond},
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
        let Services {
            orchestrator,
            answers,
            access,
        } = Services::new(config).await;
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
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(
        &context,
        idempotent(&context, &*app.idempotency, Box::pin(ask(app, &context))),
    )
    .await)
}

async fn ask(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let ask = requests::ask(context.request, |model| app.orchestrator.serves(model))?;
    answered(context, &ask, &app.orchestrator, &*app.queue).await
}
