//! Looks up how far a question is. Somebody else's is not found, like one that never was.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, requests, respond},
    ports::ReadAnswers,
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        Self {
            answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, query_status(app, &context)).await)
}

async fn query_status(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    let query_status = app
        .answers
        .query_status(&context.user, id)
        .await?
        .ok_or(HubError::NotFound("query"))?;
    http::json(StatusCode::OK, &query_status)
}
