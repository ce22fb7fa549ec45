//! Cancels a question that is not answered yet. Another user's question is not found.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{CancelQuestions, Idempotency},
    store::{self, Access, Answers},
};

pub(crate) struct App {
    questions: Arc<dyn CancelQuestions>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        Ok(Self {
            questions: Arc::new(Answers::new(client.clone(), config.queries_table)),
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        requests::empty_body(context.request)?;
        let id = requests::query_id(context)?;
        let query_status = self
            .questions
            .cancel(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        // Whoever answers the question sees the cancellation within about a second.
        let status = if query_status.status.is_running() {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        };
        http::json(status, &query_status)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
