//! Deletes one document.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, requests},
    retrieval::index::Indexer,
    store::{self, Knowledge},
};

pub(crate) struct App {
    indexer: Indexer<Knowledge>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        Ok(Self {
            indexer: Indexer::new(Arc::new(knowledge)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let (library, id) = requests::document_path(context)?;
        if !Box::pin(self.indexer.delete(&library, &id, context.deadline)).await? {
            return Err(HubError::NotFound("document"));
        }
        Ok(http::no_content())
    }
}
