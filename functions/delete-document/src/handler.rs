//! Removes one document.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, requests, respond},
    retrieval::index::Indexer,
    store::{self, Knowledge},
};

pub(crate) struct App {
    pub(crate) indexer: Indexer<Knowledge>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        Self {
            indexer: Indexer::new(Arc::new(knowledge)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, delete_document(app, &context)).await)
}

async fn delete_document(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let (library, id) = requests::document_path(context)?;
    if !app.indexer.delete(&library, &id).await? {
        return Err(HubError::NotFound("document"));
    }
    Ok(http::no_content())
}
