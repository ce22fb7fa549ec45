//! Deletes what interrupted writes left, merges segments of the index, and finishes deletions of libraries.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{
    config::Config,
    deadline::Deadline,
    error::HubError,
    retrieval::index::{Indexer, Swept},
    store::{self, Knowledge},
    trigger::Trigger,
};

/// Longer than any function may run, so that no writer is still at work.
const OLDER_THAN: Duration = Duration::from_secs(900);

/// When a sweep starts no other merge. The largest one takes less than the rest of the 15 minutes that the function has.
const MAX_TIME: Duration = Duration::from_secs(500);

pub(crate) struct App {
    indexer: Indexer<Knowledge>,
}

/// The event of the schedule.
#[derive(Debug, Deserialize)]
pub(crate) struct ScheduledEvent {
    /// The age in seconds at which an unfinished write counts as abandoned.
    older_than_s: Option<u64>,
}

/// The result of a sweep.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The number of interrupted writes whose rows were deleted.
    mended: usize,
    /// The number of merges.
    merged: usize,
    /// The number of libraries whose deletion is finished.
    deleted: usize,
}

impl Trigger for App {
    type Event = ScheduledEvent;
    type Output = Report;
    const SOURCE: &str = "schedule";

    async fn new(config: Config) -> Self {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        Self {
            indexer: Indexer::new(Arc::new(knowledge)),
        }
    }

    async fn handle(&self, event: ScheduledEvent) -> Result<Report, HubError> {
        let older_than = event.older_than_s.map_or(OLDER_THAN, Duration::from_secs);
        let deadline = Deadline::after(MAX_TIME);
        let Swept {
            mended,
            merged,
            deleted,
        } = Box::pin(self.indexer.sweep(older_than, deadline)).await?;
        Ok(Report {
            mended,
            merged,
            deleted,
        })
    }
}
