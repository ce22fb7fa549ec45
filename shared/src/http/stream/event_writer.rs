//! Sends the events of an answer and stores them for readers that lose their connection.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::output::EventOutput;
use crate::{
    domain::{EncodedEvent, Event},
    ports::{Lease, WriteEvents},
};

/// How long events are stored.
const TTL: SignedDuration = SignedDuration::from_hours(1);
/// How long an event waits for others before they are stored together.
const BATCH_DELAY: Duration = Duration::from_secs(1);

/// Sends events at once and stores them in batches, numbered alike.
pub(super) struct EventWriter<'a> {
    output: EventOutput,
    store: &'a dyn WriteEvents,
    lease: &'a Lease,
    /// Sent, and not yet stored.
    unstored: Vec<EncodedEvent>,
    /// When the first of them was sent.
    unstored_since: Option<Instant>,
}

impl<'a> EventWriter<'a> {
    pub(super) fn new(output: EventOutput, store: &'a dyn WriteEvents, lease: &'a Lease) -> Self {
        Self {
            output,
            store,
            lease,
            unstored: Vec::new(),
            unstored_since: None,
        }
    }

    /// Sends an event and stores it later.
    pub(super) fn send(&mut self, event: Event) {
        let event = EncodedEvent::from(event);
        self.output.send(&event);
        self.unstored.push(event);
        self.unstored_since.get_or_insert_with(Instant::now);
    }

    /// Stores an event before it is sent, so that a reader of the last event can resume at once.
    pub(super) async fn store_and_send(&mut self, event: Event) {
        let event = EncodedEvent::from(event);
        self.unstored.push(event.clone());
        self.store_up_to(self.output.last_id() + 2).await;
        self.output.send(&event);
    }

    /// Stores what is not stored, then sends an event that is not stored.
    pub(super) async fn flush_and_send(&mut self, event: Event) {
        self.flush().await;
        self.output.send(&event.into());
    }

    /// Stores what is not stored.
    pub(super) async fn flush(&mut self) {
        self.store_up_to(self.output.last_id() + 1).await;
    }

    /// Resolves when a batch or a heartbeat is due.
    pub(super) async fn due(&self) {
        let at = self
            .unstored_since
            .map_or(self.output.heartbeat_at(), |since| since + BATCH_DELAY);
        tokio::time::sleep_until(at).await;
    }

    /// Stores the batch that is due, or sends the heartbeat.
    pub(super) async fn act(&mut self) {
        match self.unstored_since {
            Some(_) => self.flush().await,
            None => self.output.heartbeat(),
        }
    }

    /// Stores what is not stored; `next` is the id after the last of it. Events that cannot be stored cannot be resumed, and
    /// nothing else is lost.
    async fn store_up_to(&mut self, next: u64) {
        let events = &self.unstored;
        if events.is_empty() {
            return;
        }
        let first = next - events.len() as u64;
        let (Lease { user, id, .. }, until) = (self.lease, Timestamp::now() + TTL);
        if let Err(error) = self.store.write_events(user, *id, first, events, until).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "events not stored");
        }
        // Not before: the time for storing them may end, and then they are stored with the next ones.
        self.unstored.clear();
        self.unstored_since = None;
    }
}
