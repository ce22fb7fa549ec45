//! Lists one page of documents, without their texts.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    domain::DocumentId,
    error::HubError,
    http::{self, Body, CursorKey, DocumentPage, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::ListDocuments,
    store::{self, Knowledge},
};

pub(crate) struct App {
    documents: Arc<dyn ListDocuments>,
    cursors: CursorKey,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            cursors: CursorKey::new(config.cursor_secret()?),
            documents: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let requests::ListDocuments {
            limit,
            library,
            prefix,
            filter_text,
        } = requests::list_documents(context)?;
        let after = match context.query("cursor") {
            Some(cursor) => Some(DocumentId::parse(&self.cursors.open(
                &context.user,
                &filter_text,
                cursor,
            )?)?),
            None => None,
        };
        let page = self
            .documents
            .list(&library, &prefix, after.as_ref(), limit)
            .await?;
        let last = page.items.last().filter(|_| page.has_more);
        let next = last.map(|header| self.cursors.seal(&context.user, &filter_text, header.id.as_str()));
        let page = DocumentPage {
            documents: page.items,
            next_cursor: next,
        };
        http::json(StatusCode::OK, &page)
    }
}
