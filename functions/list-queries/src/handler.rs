//! Lists one page of answer summaries, with a cursor that is valid for this caller and filter only.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, CursorKey, Endpoint, QueryPage, RequestContext, Response, StatusCode, requests},
    ports::ListAnswers,
    store::{self, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn ListAnswers>,
    cursors: CursorKey,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            cursors: CursorKey::new(config.cursor_secret()?),
            answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let requests::ListQueries {
            limit,
            filter,
            filter_text,
        } = requests::list_queries(context)?;
        let before = match context.query("cursor") {
            Some(cursor) => Some(self.cursors.open(&context.user, &filter_text, cursor)?.parse()?),
            None => None,
        };
        let page = self.answers.list(&context.user, filter, before, limit).await?;
        let last = page.items.last().filter(|_| page.has_more);
        let next = last.map(|answer| {
            self.cursors
                .seal(&context.user, &filter_text, &answer.query_id.to_string())
        });
        let page = QueryPage {
            queries: page.items,
            next_cursor: next,
        };
        http::json(StatusCode::OK, &page)
    }
}
