//! The shape of a function that an event source invokes: a schedule, or the stream of a table.

use std::{future::Future, time::Instant};

pub use lambda_runtime::Error;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    config::Config,
    error::{HubError, source_chain},
    meter, telemetry,
};

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
    let config = Config::from_env()?;
    telemetry::start(&config);
    let trigger = &T::new(config).await;
    run(service_fn(async |event: LambdaEvent<T::Event>| {
        let started = Instant::now();
        let handled = Box::pin(trigger.handle(event.payload));
        let (result, units) = meter::metered(async { (handled.await, meter::used()) }).await;
        telemetry::log_invocation(&telemetry::Invocation {
            request_id: &event.context.request_id,
            trace_id: None,
            method: T::SOURCE,
            status: if result.is_ok() { 200 } else { 500 },
            took: started.elapsed(),
            units,
            error: result.as_ref().err().map(source_chain).as_deref(),
        });
        Ok::<_, Error>(result?)
    }))
    .await
}
