//! Replaces the tags, notes and metadata of an answer, if it matches `If-Match`.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, IfMatch, RequestContext, Response, StatusCode, requests},
    ports::{AnnotateAnswers, ReadAnswers},
    store::{self, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn ReadAnswers>,
    annotations: Arc<dyn AnnotateAnswers>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Ok(Self {
            answers: answers.clone(),
            annotations: answers,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        let annotations = requests::annotations(context.request)?;
        let stored = self
            .answers
            .get(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        let if_match = IfMatch::from_context(context);
        if_match.check("query", stored.revision)?;
        let revision = self
            .annotations
            .annotate(&context.user, id, &annotations, stored.revision)
            .await
            .map_err(if_match.superseded("query"))?;
        let answer = stored.answer.with_annotations(annotations);
        let mut response = http::json(StatusCode::OK, &answer)?;
        http::set_etag(&mut response, revision);
        Ok(response)
    }
}
