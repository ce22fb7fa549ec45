//! Reads one answer. Another user's answer is not found.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, StatusCode, requests},
    ports::{ReadAnswers, ReadVersions, StoredAnswer},
    store::{self, Answers},
};

pub(crate) struct App {
    answers: Arc<dyn ReadAnswers>,
    versions: Arc<dyn ReadVersions>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Ok(Self {
            answers: answers.clone(),
            versions: answers,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        let version = requests::version(context)?;
        let StoredAnswer {
            answer,
            revision,
            version: newest,
        } = self
            .answers
            .get(&context.user, id)
            .await?
            .ok_or(HubError::NotFound("query"))?;
        if let Some(version) = version.filter(|&version| version != newest) {
            let earlier = self.versions.version(&context.user, id, version).await?;
            return http::json(StatusCode::OK, &earlier.ok_or(HubError::NotFound("version"))?);
        }
        let mut response = http::json(StatusCode::OK, &answer)?;
        http::set_etag(&mut response, revision);
        Ok(response)
    }
}
