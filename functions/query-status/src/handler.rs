//! Reads the progress of a question. Another user's question is not found.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::ReadAnswers,
    store::{self, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn ReadAnswers>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        let query_status = self
            .answers
            .query_status(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        http::json(StatusCode::OK, &query_status)
    }
}
