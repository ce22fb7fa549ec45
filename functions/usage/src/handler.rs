//! What the caller's answers cost, day by day and together.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    domain::UsageReport,
    error::HubError,
    http::{self, Body, Request, RequestContext, Response, StatusCode, requests, respond},
    ports::ReadUsage,
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) usage: Arc<dyn ReadUsage>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        Self {
            usage: Arc::new(Answers::new(store::client().await, config.queries_table)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, usage(app, &context)).await)
}

async fn usage(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let (from, to) = requests::usage(context)?;
    let days = app.usage.usage(&context.user, from, to).await?;
    http::json(StatusCode::OK, &UsageReport::new(from, to, days))
}
