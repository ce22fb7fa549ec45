//! One page of documents, without their texts.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::{Config, ConfigError},
    domain::DocumentId,
    error::HubError,
    http::{
        self, Body, CursorKey, DocumentPage, Request, RequestContext, Response, StatusCode, requests, respond,
    },
    ports::ListDocuments,
    store::{self, Knowledge},
};

pub(crate) struct App {
    pub(crate) documents: Arc<dyn ListDocuments>,
    pub(crate) cursors: CursorKey,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            cursors: CursorKey::new(config.cursor_secret()?),
            documents: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
            timeout: config.timeout,
        })
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, list_documents(app, &context)).await)
}

async fn list_documents(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let requests::ListDocuments {
        limit,
        library,
        filter_text,
    } = requests::list_documents(context)?;
    let after = match context.query("cursor") {
        Some(cursor) => Some(DocumentId::parse(&app.cursors.open(
            &context.user,
            &filter_text,
            cursor,
        )?)?),
        None => None,
    };
    let page = app.documents.list(&library, after.as_ref(), limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|header| app.cursors.seal(&context.user, &filter_text, header.id.as_str()));
    let page = DocumentPage {
        documents: page.items,
        next_cursor: next,
    };
    http::json(StatusCode::OK, &page)
}
