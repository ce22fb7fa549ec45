//! Keeps what the caller says about an answer of theirs, in the place of what they said before.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, idempotent, requests, respond},
    ports::{Idempotency, ReadAnswers, WriteFeedback},
    store::{self, Access, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) feedback: Arc<dyn WriteFeedback>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let answers = Arc::new(Answers::new(client.clone(), config.queries_table));
        Self {
            answers: answers.clone(),
            feedback: answers,
            idempotency: Arc::new(Access::new(client, config.access_table)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(
        &context,
        idempotent(&context, &*app.idempotency, Box::pin(feedback(app, &context))),
    )
    .await)
}

async fn feedback(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    let feedback = requests::feedback(context.request, id)?;
    app.answers
        .query_status(&context.user, id)
        .await?
        .ok_or(HubError::NotFound("query"))?;
    app.feedback.keep(&context.user, &feedback).await?;
    http::json(StatusCode::OK, &feedback)
}
