//! Reads one document and joins its chunks.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::ReadDocuments,
    retrieval::full_document::full_document,
    store::{self, Knowledge},
};

pub(crate) struct App {
    documents: Arc<dyn ReadDocuments>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            documents: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let (library, id) = requests::document_path(context)?;
        let document = full_document(&*self.documents, &library, &id, context.deadline)
            .await?
            .ok_or(HubError::NotFound("document"))?;
        http::json(StatusCode::OK, &document)
    }
}
