//! Puts the caller's tags, notes and metadata in the place of those before, if the answer is still the one that they mean.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, IfMatch, Request, RequestContext, Response, StatusCode, requests, respond},
    ports::{AnnotateAnswers, ReadAnswers},
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) annotations: Arc<dyn AnnotateAnswers>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Self {
            answers: answers.clone(),
            annotations: answers,
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, update_query(app, &context)).await)
}

async fn update_query(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    let annotations = requests::annotations(context.request)?;
    let stored = app
        .answers
        .get(&context.user, id)
        .await?
        .ok_or(HubError::NotFound("query"))?;
    let if_match = IfMatch::of(context);
    if_match.check("query", stored.revision)?;
    let revision = app
        .annotations
        .annotate(&context.user, id, &annotations, stored.revision)
        .await
        .map_err(if_match.superseded("query"))?;
    let answer = stored.answer.annotated(annotations);
    let mut response = http::json(StatusCode::OK, &answer)?;
    http::set_etag(&mut response, revision);
    Ok(response)
}
