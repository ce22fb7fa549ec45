//! Stores the valid documents of a batch and reports each result.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::Idempotency,
    retrieval::index::Indexer,
    store::{self, Access, Knowledge},
};

pub(crate) struct App {
    indexer: Indexer<Knowledge>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        Ok(Self {
            indexer: Indexer::new(Arc::new(knowledge)),
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let incoming = requests::documents(context)?;
        let library = incoming.library.clone();
        let (documents, reports) = incoming.split();
        let stored = self.indexer.ingest(&library, documents, context.deadline).await;
        let report = reports.report(stored, context)?;
        let status = if report.all_ready() {
            StatusCode::OK
        } else {
            StatusCode::MULTI_STATUS
        };
        http::json(status, &report)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
