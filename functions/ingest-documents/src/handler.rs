//! Stores what is right and says what is wrong, document by document.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, idempotent, requests, respond},
    ports::Idempotency,
    retrieval::index::Indexer,
    store::{self, Access, Knowledge},
};

pub(crate) struct App {
    pub(crate) indexer: Indexer<Knowledge>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        Self {
            indexer: Indexer::new(Arc::new(knowledge)),
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
        idempotent(&context, &*app.idempotency, Box::pin(ingest(app, &context))),
    )
    .await)
}

async fn ingest(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let incoming = requests::documents(context)?;
    let library = incoming.library.clone();
    let (documents, reports) = incoming.split();
    let stored = app.indexer.ingest(&library, documents, context.deadline).await;
    let report = reports.report(stored, context)?;
    let status = if report.all_ready() {
        StatusCode::OK
    } else {
        StatusCode::MULTI_STATUS
    };
    http::json(status, &report)
}
