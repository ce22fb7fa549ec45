//! Puts a document together again from its chunks.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, requests, respond},
    ports::ReadDocuments,
    retrieval::full_document::full_document,
    store::{self, Knowledge},
};

pub(crate) struct App {
    pub(crate) documents: Arc<dyn ReadDocuments>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        Self {
            documents: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, get_document(app, &context)).await)
}

async fn get_document(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let (library, id) = requests::document_path(context)?;
    let document = full_document(&*app.documents, &library, &id, context.deadline)
        .await?
        .ok_or(HubError::NotFound("document"))?;
    http::json(StatusCode::OK, &document)
}
