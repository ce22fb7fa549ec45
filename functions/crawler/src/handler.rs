//! Starts a crawl, which a worker runs; shows it, or cancels it.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    domain::Crawl,
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{Crawls, Idempotency},
    store::{self, Access, Knowledge},
};

pub(crate) struct App {
    crawls: Arc<dyn Crawls>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        Ok(Self {
            crawls: Arc::new(Knowledge::new(client.clone(), config.knowledge_table)),
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        if context.request.method() == "GET" {
            let crawl = self.crawls.crawl(&requests::crawl_id(context)?).await?;
            return http::json(StatusCode::OK, &crawl.ok_or(HubError::NotFound("crawl"))?);
        }
        if context.instance().ends_with("/cancel") {
            requests::empty_body(context.request)?;
            let cancelled = self.crawls.cancel(&requests::crawl_id(context)?).await?;
            let crawl = cancelled.ok_or(HubError::NotFound("crawl"))?;
            let status = match crawl.status.is_running() {
                true => StatusCode::ACCEPTED,
                false => StatusCode::OK,
            };
            return http::json(status, &crawl);
        }
        let (library, settings) = requests::crawl(context.request)?;
        documents::crawl::frontier(&settings)?;
        let crawl = Crawl::new(library, settings);
        match self.crawls.start(&crawl).await? {
            Ok(()) => accepted(&crawl),
            // The same request again.
            Err(running) if running.settings == crawl.settings => accepted(&running),
            Err(_running) => Err(HubError::StillRunning("crawl")),
        }
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}

fn accepted(crawl: &Crawl) -> Result<Response<Body>, HubError> {
    http::accepted(&format!("/crawls/{}", crawl.crawl_id.as_str()), crawl)
}
