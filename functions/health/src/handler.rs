//! Deep: every dependency at idempotent, each with its latency. Live: only that this function runs.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    health::{self, Health},
    http::{self, Body, Request, RequestContext, Response, StatusCode, respond},
    ports::Probe,
    store::{self, TableProbe},
};

pub(crate) struct App {
    pub(crate) probes: Vec<Arc<dyn Probe>>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let table = |name, table| Arc::new(TableProbe::new(client.clone(), name, table)) as Arc<dyn Probe>;
        Self {
            probes: vec![
                table("queries", config.queries_table),
                table("knowledge", config.knowledge_table),
                table("access", config.access_table),
            ],
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, health(app, &context)).await)
}

async fn health(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    if context.instance().ends_with("/live") {
        return http::json(StatusCode::OK, &Health::live());
    }
    let health = health::check(&app.probes, context.deadline).await;
    let status = if health.is_up() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    http::json(status, &health)
}
