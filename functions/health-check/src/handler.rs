//! Checks every table and model provider at once, shares the circuits of providers, and records the run. If anything does
//! not respond, the invocation fails with its name, after everything was written.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use shared::{
    config::Config,
    deadline::Deadline,
    domain::HealthRun,
    error::HubError,
    health::ScheduledCheck,
    llm::Router,
    ports::{ProviderHealth, RecordHealth},
    store::{self, Access, ParameterStore, TableProbe},
    trigger::Trigger,
};

/// The time between two runs of a schedule that does not name it.
const INTERVAL: Duration = Duration::from_secs(300);
/// Longer than the timeouts of all steps together.
const MAX_TIME: Duration = Duration::from_secs(15);

pub(crate) struct App {
    check: ScheduledCheck,
}

/// The event of the schedule.
#[derive(Debug, Deserialize)]
pub(crate) struct ScheduledEvent {
    /// The time between two runs, in seconds.
    interval_s: Option<u64>,
}

impl Trigger for App {
    type Event = ScheduledEvent;
    type Output = HealthRun;
    const SOURCE: &str = "schedule";

    async fn new(config: Config) -> Self {
        let client = store::client().await;
        let access = Arc::new(Access::new(client.clone(), &config.access_table));
        Self {
            check: ScheduledCheck {
                probes: TableProbe::all(&client, &config),
                // Listing models costs nothing, so there is nothing to reserve.
                models: Router::standalone(config.llm, Arc::new(ParameterStore::default())),
                circuits: access.clone() as Arc<dyn ProviderHealth>,
                record: access as Arc<dyn RecordHealth>,
            },
        }
    }

    async fn handle(&self, event: ScheduledEvent) -> Result<HealthRun, HubError> {
        let interval = event.interval_s.map_or(INTERVAL, Duration::from_secs);
        let run = Box::pin(self.check.run(interval, Deadline::after(MAX_TIME))).await;
        match run.failed().as_slice() {
            [] => Ok(run),
            failed => Err(HubError::Unhealthy(failed.join(", "))),
        }
    }
}
