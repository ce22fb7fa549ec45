//! Answers queued questions. The stream may deliver a record more than once: the worker that holds the lease of a question
//! answers it, and no other answer is recorded.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use shared::{
    bootstrap::Services,
    config::Config,
    deadline::Deadline,
    error::HubError,
    event_sink::EventSink,
    isolate,
    orchestrator::{AcceptedQuery, Orchestrator},
    ports::{Lease, QueuedQuestion, WorkQueue},
    store,
    trigger::{self, GRACE, StreamEvent, Trigger},
};

pub(crate) struct App {
    orchestrator: Orchestrator,
    queue: Arc<dyn WorkQueue>,
    timeout: Duration,
}

impl Trigger for App {
    type Event = StreamEvent;
    type Output = ();
    const SOURCE: &str = "stream";

    async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let services = Services::new(config).await;
        Self {
            orchestrator: services.orchestrator,
            queue: services.answers,
            timeout,
        }
    }

    async fn handle(&self, event: StreamEvent) -> Result<(), HubError> {
        event.each(async |record| self.process(record).await).await
    }
}

impl App {
    async fn process(&self, record: &Value) -> Result<(), HubError> {
        let Some((user, id)) = store::question_from_record(record) else {
            return Ok(());
        };
        let lease = Lease::new(user, id);
        let acquire = async |now, until| self.queue.acquire(&lease, now, until).await;
        let Some(queued) = trigger::acquire(self.timeout, acquire).await? else {
            return Ok(());
        };
        if let Some(error) = trigger::given_up(queued.attempts) {
            return Ok(self.queue.mark_failed(&lease, &error).await?);
        }
        match Box::pin(self.answer(&lease, &queued)).await {
            Ok(()) => Ok(()),
            // These may pass: the next delivery tries again.
            Err(error @ (HubError::Store(_) | HubError::Internal(_) | HubError::Conflict(_))) => {
                trigger::after_failure(error, self.queue.release(&lease).await)
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "question failed");
                Ok(self.queue.mark_failed(&lease, &error.to_string()).await?)
            }
        }
    }

    async fn answer(&self, lease: &Lease, queued: &QueuedQuestion) -> Result<(), HubError> {
        let recorder = self.queue.recorder(lease.clone());
        let query = AcceptedQuery {
            query_id: queued.answer.query_id,
            created_at: queued.answer.created_at,
            user: &lease.user,
            ask: &queued.ask,
            recorder: &*recorder,
            sink: &EventSink::disabled(),
            deadline: Deadline::after(self.timeout),
        };
        let limit = self.timeout + GRACE;
        let answer = self.orchestrator.answer_leased(&query, &*self.queue, lease);
        Box::pin(isolate::invocation(limit, answer)).await?;
        Ok(())
    }
}
