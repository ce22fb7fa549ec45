//! Stores the caller's feedback on an answer. New feedback replaces earlier feedback.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{Idempotency, ReadAnswers, WriteFeedback},
    store::{self, Access, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn ReadAnswers>,
    feedback: Arc<dyn WriteFeedback>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let answers = Arc::new(Answers::new(client.clone(), config.queries_table));
        Ok(Self {
            answers: answers.clone(),
            feedback: answers,
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        let feedback = requests::feedback(context.request, id)?;
        self.answers
            .query_status(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        self.feedback.save(&context.user, &feedback).await?;
        http::json(StatusCode::OK, &feedback)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
