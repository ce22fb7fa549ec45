//! Asks the lanes and shows what they found.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    agents::retrieval::Retrieval,
    config::Config,
    error::HubError,
    http::{
        self, Body, Request, RequestContext, Response, SearchReply, StatusCode, idempotent, requests, respond,
    },
    ports::Idempotency,
    retrieval::keyword::KeywordLane,
    store::{self, Access, Knowledge},
};

pub(crate) struct App {
    pub(crate) retrieval: Retrieval,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        Self {
            retrieval: Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge)))),
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
        idempotent(&context, &*app.idempotency, Box::pin(search(app, &context))),
    )
    .await)
}

async fn search(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let requests::Search {
        query,
        library,
        top_k,
        lanes,
    } = requests::search(context.request)?;
    let found = app
        .retrieval
        .find(&library, &query, &lanes, top_k.get(), context.deadline)
        .await?;
    let reply = SearchReply::new(found, context.deadline.elapsed());
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}
