//! Answers a question again and returns what has changed. The previous answer stays readable as an earlier version.

use std::sync::Arc;

use shared::{
    bootstrap::Services,
    config::{Config, ConfigError},
    domain::{Answer, AnswerDiff},
    error::HubError,
    event_sink::EventSink,
    http::{self, Body, Endpoint, Reprocessed, RequestContext, Response, StatusCode, requests},
    orchestrator::{AcceptedQuery, Orchestrator},
    ports::{ReadAnswers, ReplaceAnswers, StoreError},
};

pub(crate) struct App {
    orchestrator: Orchestrator,
    answers: Arc<dyn ReadAnswers>,
    versions: Arc<dyn ReplaceAnswers>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let Services {
            orchestrator,
            answers,
            ..
        } = Services::new(config).await;
        Ok(Self {
            orchestrator: orchestrator.without_conversations(),
            answers: answers.clone(),
            versions: answers,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let id = requests::query_id(context)?;
        let again = requests::reprocess(context.request, |model| self.orchestrator.serves(model))?;
        let stored = self.answers.get(&context.user, id).await?;
        let stored = stored.ok_or(HubError::NotFound("query"))?;
        if stored.answer.status.is_running() {
            return Err(HubError::StillRunning("query"));
        }
        let ask = again.into_ask(&stored.answer)?;
        let (before, version) = (stored.answer.clone(), stored.version);
        let recorder = self.versions.replacing(stored);
        let query = AcceptedQuery {
            query_id: before.query_id,
            created_at: before.created_at,
            user: &context.user,
            ask: &ask,
            recorder: &*recorder,
            sink: &EventSink::disabled(),
            deadline: context.deadline,
        };
        let answer = self.orchestrator.answer(&query).await;
        let answer = answer.map_err(|error| match error {
            HubError::Store(StoreError::Conflict) | HubError::Conflict(_) => HubError::Conflict("query"),
            other => other,
        })?;
        let diff = AnswerDiff::between(&before, &answer);
        // Tags, notes and metadata belong to the question, so they stay.
        let answer = Answer {
            tags: before.tags,
            notes: before.notes,
            metadata: before.metadata,
            ..answer
        };
        let reply = Reprocessed {
            version: version + 1,
            previous_version: version,
            answer,
            diff,
        };
        let mut response = http::json(StatusCode::OK, &reply)?;
        http::set_server_timing(&mut response, &reply.answer.stages);
        Ok(response)
    }
}
