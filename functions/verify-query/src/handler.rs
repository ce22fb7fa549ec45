//! Looks one answer up and checks each citation of it against its document. Somebody else's answer is not found.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    agents::verification,
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, idempotent, requests, respond},
    ports::{Idempotency, ReadAnswers, ReadDocuments},
    store::{self, Access, Answers, Knowledge},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) documents: Arc<dyn ReadDocuments>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        Self {
            answers: Arc::new(Answers::new(client.clone(), config.queries_table)),
            documents: Arc::new(Knowledge::new(client.clone(), config.knowledge_table)),
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
        idempotent(&context, &*app.idempotency, Box::pin(verify_query(app, &context))),
    )
    .await)
}

async fn verify_query(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    requests::nothing(context.request)?;
    let id = requests::query_id(context)?;
    let stored = app
        .answers
        .get(&context.user, id)
        .await?
        .ok_or(HubError::NotFound("query"))?;
    let verification = verification::verify(&*app.documents, &stored.answer, context.deadline).await?;
    http::json(StatusCode::OK, &verification)
}
