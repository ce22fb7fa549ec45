//! The deep check probes every dependency at once, each with its latency. The live check shows that the function runs.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    health::{self, Health},
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode},
    ports::Probe,
    store::{self, TableProbe},
};

pub(crate) struct App {
    probes: Vec<Arc<dyn Probe>>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let table = |name, table| Arc::new(TableProbe::new(client.clone(), name, table)) as Arc<dyn Probe>;
        Ok(Self {
            probes: vec![
                table("queries", config.queries_table),
                table("knowledge", config.knowledge_table),
                table("access", config.access_table),
            ],
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        if context.instance().ends_with("/live") {
            return http::json(StatusCode::OK, &Health::live());
        }
        let health = health::check(&self.probes, context.deadline).await;
        let status = if health.is_up() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        http::json(status, &health)
    }
}
