//! The API reference, in two forms. Each is made at its first request and kept in memory.

use std::sync::OnceLock;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{Body, Endpoint, RequestContext, Response, StaticPage},
    openapi,
};

pub(crate) struct App {
    document: OnceLock<StaticPage>,
    reference: OnceLock<StaticPage>,
}

impl Endpoint for App {
    async fn new(_config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            document: OnceLock::new(),
            reference: OnceLock::new(),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let page = if context.instance().ends_with("/docs") {
            self.reference.get_or_init(openapi::reference)
        } else {
            self.document.get_or_init(openapi::page)
        };
        Ok(page.response(context))
    }
}
