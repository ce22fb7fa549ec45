//! Deletes one question, unless it is still running.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, requests},
    ports::{DeleteAnswers, Deletion},
    store::{self, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn DeleteAnswers>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        match self.answers.delete(&context.user, id).await? {
            Deletion::Done => Ok(http::no_content()),
            Deletion::Missing => Err(HubError::NotFound("query")),
            Deletion::Running => Err(HubError::StillRunning("query")),
        }
    }
}
