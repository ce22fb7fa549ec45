//! Shows what the code says of the API. Both forms are made when they are first asked for, and kept.

use std::{convert::Infallible, sync::OnceLock, time::Duration};

use shared::{
    config::Config,
    http::{Body, Request, RequestContext, Response, StaticPage, respond},
    openapi,
};

pub(crate) struct App {
    document: OnceLock<StaticPage>,
    reference: OnceLock<StaticPage>,
    timeout: Duration,
}

impl App {
    /// Of this container; nothing is reached from here.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            document: OnceLock::new(),
            reference: OnceLock::new(),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    let page = if context.instance().ends_with("/docs") {
        app.reference.get_or_init(openapi::reference)
    } else {
        app.document.get_or_init(openapi::page)
    };
    Ok(respond(&context, async { Ok(page.response(&context)) }).await)
}
