//! One page of answers, in short form, with a cursor that only this caller and filter can use.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{
        self, Body, CursorKey, QueryPage, Request, RequestContext, Response, StatusCode, requests, respond,
    },
    ports::ListAnswers,
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) answers: Arc<dyn ListAnswers>,
    pub(crate) cursors: CursorKey,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            cursors: CursorKey::new(config.cursor_secret()?),
            answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
            timeout: config.timeout,
        })
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, list_queries(app, &context)).await)
}

async fn list_queries(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let requests::ListQueries {
        limit,
        filter,
        filter_text,
    } = requests::list_queries(context)?;
    let before = match context.query("cursor") {
        Some(cursor) => Some(app.cursors.open(&context.user, &filter_text, cursor)?.parse()?),
        None => None,
    };
    let page = app.answers.list(&context.user, filter, before, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|answer| {
        app.cursors
            .seal(&context.user, &filter_text, &answer.query_id.to_string())
    });
    let page = QueryPage {
        queries: page.items,
        next_cursor: next,
    };
    http::json(StatusCode::OK, &page)
}
