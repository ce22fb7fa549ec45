//! Sweeps documents whose last write began long ago and did not end. A failure fails the invocation, loudly.

use std::{sync::Arc, time::Duration};

use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use shared::{
    config::Config,
    meter,
    retrieval::index::Indexer,
    store::{self, Knowledge},
    telemetry,
};

/// Longer than any function may run, so that no writer is still at work.
const OLDER_THAN: Duration = Duration::from_secs(900);

pub(crate) struct App {
    pub(crate) indexer: Indexer<Knowledge>,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        Self {
            indexer: Indexer::new(Arc::new(knowledge)),
        }
    }
}

/// What the schedule sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// Seconds since a write began after which it counts as dead.
    older_than_s: Option<u64>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Documents that were mended.
    mended: usize,
}

pub(crate) async fn handle(app: &App, event: LambdaEvent<Event>) -> Result<Report, Error> {
    let started = std::time::Instant::now();
    let older_than = event.payload.older_than_s.map_or(OLDER_THAN, Duration::from_secs);
    let (swept, units) = meter::metered(async { (app.indexer.sweep(older_than).await, meter::used()) }).await;
    telemetry::log_invocation(&telemetry::Invocation {
        request_id: &event.context.request_id,
        trace_id: None,
        method: "schedule",
        status: if swept.is_ok() { 200 } else { 500 },
        took: started.elapsed(),
        units,
        error: swept.as_ref().err().map(telemetry::source_chain).as_deref(),
    });
    Ok(Report { mended: swept? })
}
