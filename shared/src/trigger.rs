//! The shape of a function that an event source invokes: a schedule, or the stream of a table.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
pub use lambda_runtime::Error;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    bootstrap,
    config::Config,
    deadline::{self, Deadline},
    error::{HubError, source_chain},
    meter,
    ports::{Acquisition, StoreError},
    telemetry,
};

/// How long after its deadline the work on a row may still run.
pub const GRACE: Duration = Duration::from_secs(1);
/// How often a row is tried. The trigger delivers a record more often than that, so that the last delivery ends it.
const MAX_ATTEMPTS: u64 = 3;

/// A function that handles the events of one source.
pub trait Trigger: Sized {
    /// The event as the source sends it.
    type Event: DeserializeOwned;
    /// The result, which the invocation returns as JSON.
    type Output: Serialize;
    /// What the log line names as the method, such as `schedule`.
    const SOURCE: &str;

    /// Builds clients and ports. Called once per container.
    fn new(config: Config) -> impl Future<Output = Self>;

    /// Handles one event. An error fails the invocation, and the source may send the event again.
    fn handle(&self, event: Self::Event) -> impl Future<Output = Result<Self::Output, HubError>>;
}

/// Serves a trigger until the process is ended. Each invocation is metered and writes one log line.
///
/// # Errors
/// When the configuration is invalid, or the Lambda runtime cannot be reached.
pub async fn serve<T: Trigger>() -> Result<(), Error> {
    let config = bootstrap::config().await?;
    telemetry::start(&config);
    let timeout = config.timeout;
    let trigger = &T::new(config).await;
    run(service_fn(async |event: LambdaEvent<T::Event>| {
        let started = Instant::now();
        let now_ms = Timestamp::now().as_millisecond().max(0) as u64;
        let limit = Deadline::from_lambda(event.context.deadline, now_ms, timeout).left();
        let handled = Box::pin(deadline::within(limit, trigger.handle(event.payload)));
        let (result, used) = meter::metered(handled).await;
        telemetry::log_invocation(&telemetry::Invocation {
            request_id: &event.context.request_id,
            trace_id: None,
            method: T::SOURCE,
            status: if result.is_ok() { 200 } else { 500 },
            took: started.elapsed(),
            used: &used,
            error: result.as_ref().err().map(source_chain).as_deref(),
        });
        Ok::<_, Error>(result?)
    }))
    .await
}

/// A batch of stream records.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl StreamEvent {
    /// Processes every record, one after the other.
    ///
    /// # Errors
    /// The first failure. It lets the stream deliver the records again.
    pub async fn each(&self, process: impl AsyncFn(&Value) -> Result<(), HubError>) -> Result<(), HubError> {
        let mut result = Ok(());
        for record in &self.records {
            result = result.and(Box::pin(process(record)).await);
        }
        result
    }
}

/// Acquires a row with `acquire`, which gets the time and the end of the lease, and waits while another worker holds it. The
/// lease outlasts work that takes `timeout`. Returns `None` if there is nothing to do.
///
/// # Errors
/// Those of `acquire`.
pub async fn acquire<T>(
    timeout: Duration,
    acquire: impl AsyncFn(Timestamp, Timestamp) -> Result<Acquisition<T>, StoreError>,
) -> Result<Option<Box<T>>, StoreError> {
    let length = SignedDuration::try_from(timeout + 2 * GRACE).unwrap_or(SignedDuration::MAX);
    loop {
        let now = Timestamp::now();
        match acquire(now, now + length).await? {
            Acquisition::Acquired(queued) => return Ok(Some(queued)),
            Acquisition::Finished => return Ok(None),
            // The holder may have crashed. One that is alive ends before its lease does.
            Acquisition::Leased(until) => {
                let wait = until.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                tokio::time::sleep(wait).await;
            }
        }
    }
}

/// The problem of a row that was tried too often; `None` if it may be tried once more.
pub fn given_up(attempts: u64) -> Option<String> {
    (attempts > MAX_ATTEMPTS).then(|| format!("it was given up after {MAX_ATTEMPTS} tries"))
}

/// The end of a try that failed with `error`, after its row was given back. Succeeds if another writer has the row now: it was
/// acquired, deleted or replaced meanwhile. Otherwise the next delivery tries again.
///
/// # Errors
/// `error`, which fails the invocation.
pub fn after_failure(error: HubError, released: Result<(), StoreError>) -> Result<(), HubError> {
    match released {
        Err(StoreError::Conflict) => {
            tracing::info!("a row is left to another writer");
            return Ok(());
        }
        Err(failure) => {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "a row is not released"
            );
        }
        Ok(()) => {}
    }
    Err(error)
}
