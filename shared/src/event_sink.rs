//! Progress events of one answer, sent while it is made.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::Event;

/// Receives the progress events of one answer. A disabled sink drops them, for requests that do not stream.
#[derive(Debug, Clone)]
pub struct EventSink {
    events: Option<mpsc::UnboundedSender<Event>>,
    cancellation: CancellationToken,
}

impl EventSink {
    /// A sink that drops every event and is never cancelled.
    pub fn disabled() -> Self {
        Self {
            events: None,
            cancellation: CancellationToken::new(),
        }
    }

    /// A sink that sends every event to `events`. `cancellation` is triggered when the caller disconnects.
    pub fn new(events: mpsc::UnboundedSender<Event>, cancellation: CancellationToken) -> Self {
        Self {
            events: Some(events),
            cancellation,
        }
    }

    /// Whether events are sent anywhere.
    pub fn is_enabled(&self) -> bool {
        self.events.is_some()
    }

    /// Sends an event. An event without a receiver is dropped.
    pub fn emit(&self, event: Event) {
        if let Some(events) = &self.events {
            let _ = events.send(event);
        }
    }

    /// The token that is triggered when the caller disconnects.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }
}
