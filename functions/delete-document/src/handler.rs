//! Deletes one document, and what waits to replace it.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, requests},
    ports::QueueDocuments,
    retrieval::index::Indexer,
    store::{self, Knowledge},
};

pub(crate) struct App {
    indexer: Indexer<Knowledge>,
    queue: Arc<dyn QueueDocuments>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let knowledge = Arc::new(Knowledge::new(store::client().await, config.knowledge_table));
        Ok(Self {
            indexer: Indexer::new(knowledge.clone()),
            queue: knowledge,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let (library, id) = requests::own_document_path(context)?;
        // First, so that a worker publishes it before the deletion, or not at all.
        let was_waiting = self.queue.withdraw(&library, std::slice::from_ref(&id)).await? > 0;
        let was_stored = Box::pin(self.indexer.delete(&library, &id, context.deadline)).await?;
        if !was_waiting && !was_stored {
            return Err(HubError::NotFound("document"));
        }
        Ok(http::no_content())
    }
}
