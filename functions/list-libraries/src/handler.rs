//! Lists one page of libraries.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    domain::LibraryId,
    error::HubError,
    http::{self, Body, CursorKey, Endpoint, LibraryPage, RequestContext, Response, StatusCode, requests},
    ports::ListLibraries,
    store::{self, Knowledge},
};

/// What cursors of this list are valid for.
const FILTER: &str = "libraries";

pub(crate) struct App {
    libraries: Arc<dyn ListLibraries>,
    cursors: CursorKey,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            cursors: CursorKey::new(config.cursor_secret()?),
            libraries: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let limit = requests::list_libraries(context)?;
        let after = match context.query("cursor") {
            Some(cursor) => Some(LibraryId::parse(&self.cursors.open(
                &context.user,
                FILTER,
                cursor,
            )?)?),
            None => None,
        };
        let page = self.libraries.list(after.as_ref(), limit).await?;
        let last = page.items.last().filter(|_| page.has_more);
        let next = last.map(|library| self.cursors.seal(&context.user, FILTER, library.name.as_str()));
        let page = LibraryPage {
            libraries: page.items,
            next_cursor: next,
        };
        http::json(StatusCode::OK, &page)
    }
}
