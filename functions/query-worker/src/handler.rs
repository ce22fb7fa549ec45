//! Answers queued questions. The stream may deliver a record more than once: the worker that holds the lease of a question
//! answers it, and no other answer is recorded.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use shared::{
    bootstrap::Services,
    config::Config,
    deadline::Deadline,
    error::HubError,
    event_sink::EventSink,
    isolate,
    orchestrator::{AcceptedQuery, Orchestrator},
    ports::{Acquisition, Lease, QueuedQuestion, WorkQueue},
    store,
    trigger::Trigger,
};

/// How long after its deadline the work on an answer may still run.
const GRACE: Duration = Duration::from_secs(1);
/// How often a question is tried. The trigger delivers a record more often than that, so that the last delivery ends it.
const MAX_ATTEMPTS: u64 = 3;

pub(crate) struct App {
    orchestrator: Orchestrator,
    queue: Arc<dyn WorkQueue>,
    timeout: Duration,
}

/// A batch of stream records.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Value>,
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

    /// A failure lets the stream deliver the records again.
    async fn handle(&self, event: StreamEvent) -> Result<(), HubError> {
        let mut result = Ok(());
        for record in &event.records {
            result = result.and(Box::pin(self.process(record)).await);
        }
        result
    }
}

impl App {
    async fn process(&self, record: &Value) -> Result<(), HubError> {
        let Some((user, id)) = store::question_from_record(record) else {
            return Ok(());
        };
        let lease = Lease::new(user, id);
        let length = SignedDuration::try_from(self.timeout + 2 * GRACE).unwrap_or(SignedDuration::MAX);
        let queued = loop {
            let now = Timestamp::now();
            match self.queue.acquire(&lease, now, now + length).await? {
                Acquisition::Acquired(queued) => break queued,
                Acquisition::Finished => return Ok(()),
                // The holder may have crashed. One that is alive ends before its lease does.
                Acquisition::Leased(until) => {
                    let wait = until.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                    tokio::time::sleep(wait).await;
                }
            }
        };
        if queued.attempts > MAX_ATTEMPTS {
            let error = format!("it was given up after {MAX_ATTEMPTS} tries");
            return Ok(self.queue.mark_failed(&lease, &error).await?);
        }
        match Box::pin(self.answer(&lease, &queued)).await {
            Ok(()) => Ok(()),
            // These may pass: the next delivery tries again.
            Err(error @ (HubError::Store(_) | HubError::Internal(_) | HubError::Conflict(_))) => {
                if let Err(error) = self.queue.release(&lease).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "question not released");
                }
                Err(error)
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
        Box::pin(isolate::invocation(limit, self.orchestrator.answer(&query))).await?;
        Ok(())
    }
}
