//! Reads one document and joins its chunks, and reads what waits to replace it.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, DocumentReply, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{ReadDocuments, ReadPending},
    retrieval::full_document::full_document,
    store::{self, Knowledge},
};

pub(crate) struct App {
    documents: Arc<dyn ReadDocuments>,
    queue: Arc<dyn ReadPending>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let knowledge = Arc::new(Knowledge::new(store::client().await, config.knowledge_table));
        Ok(Self {
            documents: knowledge.clone(),
            queue: knowledge,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let (library, id) = requests::document_path(context)?;
        // First, because publishing removes it: a document that is published between the reads is then seen as stored.
        let pending = self.queue.pending(&library, &id).await?;
        let stored = full_document(&*self.documents, &library, &id).await?;
        let document = DocumentReply::new((library, id), stored, pending, context)
            .ok_or(HubError::NotFound("document"))?;
        http::json(StatusCode::OK, &document)
    }
}
