//! Removes one question, unless it is still being answered.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, requests, respond},
    ports::{DeleteAnswers, Deletion},
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn DeleteAnswers>,
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
    Ok(respond(&context, delete_query(app, &context)).await)
}

async fn delete_query(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    match app.answers.delete(&context.user, id).await? {
        Deletion::Done => Ok(http::no_content()),
        Deletion::Missing => Err(HubError::NotFound("query")),
        Deletion::Running => Err(HubError::Running("query")),
    }
}
