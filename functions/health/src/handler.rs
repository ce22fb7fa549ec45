//! The deep check probes every dependency at once, each with its latency, and shows the last scheduled check. The live check
//! shows that the function runs.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    health::{self, Health},
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode},
    ports::{Probe, ReadHealth},
    store::{self, Access, TableProbe},
};

pub(crate) struct App {
    probes: Vec<Arc<dyn Probe>>,
    shared: Arc<dyn ReadHealth>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        Ok(Self {
            probes: TableProbe::all(&client, &config),
            shared: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        if context.instance().ends_with("/live") {
            return http::json(StatusCode::OK, &Health::live());
        }
        let health = health::check(&self.probes, &*self.shared, context.deadline).await;
        let status = if health.is_up() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        http::json(status, &health)
    }
}
