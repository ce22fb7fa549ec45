//! Checks each citation of one answer against its document. Another user's answer is not found.

use std::sync::Arc;

use shared::{
    agents::verification,
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{Idempotency, ReadAnswers, ReadDocuments},
    store::{self, Access, Answers, Knowledge},
};

pub(crate) struct App {
    answers: Arc<dyn ReadAnswers>,
    documents: Arc<dyn ReadDocuments>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        Ok(Self {
            answers: Arc::new(Answers::new(client.clone(), config.queries_table)),
            documents: Arc::new(Knowledge::new(client.clone(), config.knowledge_table)),
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        requests::empty_body(context.request)?;
        let id = requests::query_id(context)?;
        let stored = self
            .answers
            .get(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        let verification = verification::verify(&*self.documents, &stored.answer, context.deadline).await?;
        http::json(StatusCode::OK, &verification)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
