//! Looks one answer up. Somebody else's is not found, like one that never was.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, requests, respond},
    ports::{ReadAnswers, ReadVersions, StoredAnswer},
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ReadAnswers>,
    pub(crate) versions: Arc<dyn ReadVersions>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Self {
            answers: answers.clone(),
            versions: answers,
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, get_query(app, &context)).await)
}

async fn get_query(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let id = requests::query_id(context)?;
    let version = requests::version(context)?;
    let StoredAnswer {
        answer,
        revision,
        version: newest,
    } = app
        .answers
        .get(&context.user, id)
        .await?
        .ok_or(HubError::NotFound("query"))?;
    if let Some(version) = version.filter(|&version| version != newest) {
        let earlier = app.versions.version(&context.user, id, version).await?;
        return http::json(StatusCode::OK, &earlier.ok_or(HubError::NotFound("version"))?);
    }
    let mut response = http::json(StatusCode::OK, &answer)?;
    http::set_etag(&mut response, revision);
    Ok(response)
}
