//! Takes the question that a record of the stream is about, and answers it. Records may come twice, and again after a
//! failure: a question is answered by whoever holds its lease, and nobody else's answer counts.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use serde_json::Value;
use shared::{
    bootstrap::Services,
    config::Config,
    deadline::Deadline,
    error::HubError,
    event_sink::EventSink,
    guard, meter,
    orchestrator::Orchestrator,
    ports::{Acquisition, Lease, QueuedQuestion, WorkQueue},
    store, telemetry,
};

/// Kept back from the time of an answer, after which whoever worked on it has ended.
const GRACE: Duration = Duration::from_secs(1);
/// How often a question is tried. The trigger has to deliver it more often than that, so that the last time ends it.
const TRIES: u64 = 3;

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) queue: Arc<dyn WorkQueue>,
    pub(crate) timeout: Duration,
}

/// What the stream sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let Services {
            orchestrator,
            answers,
            ..
        } = Services::new(config).await;
        Self {
            orchestrator,
            queue: answers,
            timeout,
        }
    }
}

/// A failure has the stream deliver the record again.
pub(crate) async fn handle(app: &App, event: LambdaEvent<Event>) -> Result<(), Error> {
    let started = std::time::Instant::now();
    let (worked, units) = meter::metered(async {
        let mut worked = Ok(());
        for record in &event.payload.records {
            worked = worked.and(Box::pin(work(app, record)).await);
        }
        (worked, meter::used())
    })
    .await;
    telemetry::log_invocation(&telemetry::Invocation {
        request_id: &event.context.request_id,
        trace_id: None,
        method: "stream",
        status: if worked.is_ok() { 200 } else { 500 },
        took: started.elapsed(),
        units,
        error: worked.as_ref().err().map(telemetry::source_chain).as_deref(),
    });
    Ok(worked?)
}

async fn work(app: &App, record: &Value) -> Result<(), HubError> {
    let Some((user, id)) = store::question_of(record) else {
        return Ok(());
    };
    let lease = Lease::new(user, id);
    let length = SignedDuration::try_from(app.timeout + 2 * GRACE).unwrap_or(SignedDuration::MAX);
    let queued = loop {
        let now = Timestamp::now();
        match app.queue.acquire(&lease, now, now + length).await? {
            Acquisition::Acquired(queued) => break queued,
            Acquisition::Finished => return Ok(()),
            // Whoever had it may have died; one who lives ends before its lease.
            Acquisition::Leased(until) => {
                let wait = until.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                tokio::time::sleep(wait).await;
            }
        }
    };
    if queued.tries > TRIES {
        let error = format!("it was given up after {TRIES} tries");
        return Ok(app.queue.mark_failed(&lease, &error).await?);
    }
    match answer(app, &lease, &queued).await {
        Ok(()) => Ok(()),
        // Another try may end better.
        Err(error @ (HubError::Store(_) | HubError::Internal(_) | HubError::Conflict(_))) => {
            if let Err(error) = app.queue.release(&lease).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "question not put back");
            }
            Err(error)
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "question given up");
            Ok(app.queue.mark_failed(&lease, &error.to_string()).await?)
        }
    }
}

async fn answer(app: &App, lease: &Lease, queued: &QueuedQuestion) -> Result<(), HubError> {
    let recorder = app.queue.recorder(lease.clone());
    let deadline = Deadline::after(app.timeout);
    let QueuedQuestion { ask, answer, .. } = queued;
    let sink = EventSink::disabled();
    let answer = app
        .orchestrator
        .answer_accepted(&lease.user, ask, answer, &*recorder, &sink, deadline);
    guard::within(app.timeout + GRACE, answer).await.map(|_answer| ())
}
