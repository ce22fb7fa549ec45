//! The endpoint of `POST /queries` and `POST /queries/comprehensive`.

use std::sync::Arc;

use lambda_http::{Body, Response, http::StatusCode};

use super::{
    endpoint::Endpoint,
    request_context::RequestContext,
    requests,
    responses::{accepted, json, set_respond_async_applied, set_server_timing},
};
use crate::{
    bootstrap::Services,
    config::{Config, ConfigError},
    domain::QueryStatus,
    error::HubError,
    orchestrator::Orchestrator,
    ports::{Idempotency, QueueQuestions},
};

/// Answers one question now, or queues it with `Prefer: respond-async`. A `COMPREHENSIVE` answer has alternatives, measures
/// of quality, and a judge unless the request declines it.
pub struct Ask<const COMPREHENSIVE: bool> {
    orchestrator: Orchestrator,
    queue: Arc<dyn QueueQuestions>,
    idempotency: Arc<dyn Idempotency>,
}

impl<const COMPREHENSIVE: bool> Endpoint for Ask<COMPREHENSIVE> {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let services = Services::new(config).await;
        Ok(Self {
            orchestrator: services.orchestrator,
            queue: services.answers,
            idempotency: services.access,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let serves = |model: &str| self.orchestrator.serves(model);
        let ask = if COMPREHENSIVE {
            requests::comprehensive(context.request, serves)?
        } else {
            requests::ask(context.request, serves)?
        };
        if ask.dry_run {
            return json(StatusCode::OK, &self.orchestrator.preview(&ask));
        }
        if context.prefers("respond-async") {
            let pending = self.orchestrator.pending(&ask);
            self.queue.enqueue(&context.user, &ask, &pending).await?;
            let status = QueryStatus::pending(pending.query_id);
            let mut response = accepted(&format!("/queries/{}", pending.query_id), &status)?;
            set_respond_async_applied(&mut response);
            return Ok(response);
        }
        let answer = self
            .orchestrator
            .ask(&context.user, &ask, context.deadline)
            .await?;
        let mut response = json(StatusCode::OK, &answer)?;
        set_server_timing(&mut response, &answer.stages);
        Ok(response)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
