//! Answering a question under a lease: others see how far it is, and may cancel it.

use std::{convert::Infallible, time::Duration};

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{AcceptedQuery, Orchestrator};
use crate::{
    domain::Answer,
    error::HubError,
    event_sink::EventSink,
    ports::{Lease, WorkQueue},
};

/// How often the row of the question is updated; a cancellation is seen as late.
const INTERVAL: Duration = Duration::from_secs(1);

impl Orchestrator {
    /// Answers a question of which the caller holds the lease. An answer that takes longer than a second shows its step in
    /// the row of the question, and stops its model when the question is cancelled.
    ///
    /// # Errors
    /// As [`Orchestrator::answer`].
    pub async fn answer_leased(
        &self,
        query: &AcceptedQuery<'_>,
        queue: &dyn WorkQueue,
        lease: &Lease,
    ) -> Result<Answer, HubError> {
        tokio::select! {
            biased;
            // Boxed: a large future.
            answer = Box::pin(self.answer(query)) => answer,
            never = report(queue, lease, query.sink) => match never {},
        }
    }
}

async fn report(queue: &dyn WorkQueue, lease: &Lease, sink: &EventSink) -> Infallible {
    let mut interval = interval_at(Instant::now() + INTERVAL, INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        match queue.report(lease, sink.step()).await {
            Ok(true) => sink.cancellation().cancel(),
            Ok(false) => {}
            // The next report may succeed.
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "step not stored"),
        }
    }
}
