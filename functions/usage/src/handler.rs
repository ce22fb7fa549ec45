//! Adds up what the caller's answers cost, by day and in total.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    domain::UsageReport,
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::ReadUsage,
    store::{self, Answers},
};

pub(crate) struct App {
    usage: Arc<dyn ReadUsage>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            usage: Arc::new(Answers::new(store::client().await, config.queries_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let (from, to) = requests::usage(context)?;
        let days = self.usage.usage(&context.user, from, to).await?;
        http::json(StatusCode::OK, &UsageReport::new(from, to, days))
    }
}
