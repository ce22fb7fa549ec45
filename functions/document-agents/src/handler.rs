//! Fetches and parses a document, and returns its text. Stores nothing.

use std::sync::Arc;

use documents::Reader;
use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{
        self, Body, BrowserReply, Endpoint, PdfReply, RequestContext, Response, StatusCode,
        requests::{browser, pdf},
    },
    ports::Idempotency,
    store::{self, Access},
};

pub(crate) struct App {
    reader: Reader,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            reader: Reader::new(config.fetch),
            idempotency: Arc::new(Access::new(store::client().await, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let deadline = context.deadline;
        if context.instance().ends_with("/pdf") {
            let upload = pdf(context.request)?;
            let document = self.reader.document(&upload, deadline).await?;
            return http::json(StatusCode::OK, &PdfReply::new(&document, deadline.elapsed())?);
        }
        let upload = browser(context.request)?;
        let document = self.reader.document(&upload, deadline).await?.into_owned();
        http::json(StatusCode::OK, &BrowserReply::new(document, deadline.elapsed()))
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
