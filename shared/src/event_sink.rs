//! Progress events of one answer, sent while it is made.

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::domain::{Event, Step};

/// Receives the progress events of one answer. A disabled sink drops them, for requests that do not stream.
#[derive(Debug, Clone)]
pub struct EventSink {
    events: Option<mpsc::UnboundedSender<Event>>,
    cancellation: CancellationToken,
    step: watch::Sender<Step>,
}

impl EventSink {
    /// A sink that drops every event.
    pub fn disabled() -> Self {
        Self {
            events: None,
            cancellation: CancellationToken::new(),
            step: watch::Sender::default(),
        }
    }

    /// A sink that sends every event to `events`. `cancellation` is triggered when nobody needs the answer any more.
    pub fn new(events: mpsc::UnboundedSender<Event>, cancellation: CancellationToken) -> Self {
        Self {
            events: Some(events),
            cancellation,
            step: watch::Sender::default(),
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

    /// Notes that a step begins.
    pub fn enter(&self, step: Step) {
        self.step.send_replace(step);
    }

    /// The current step.
    pub fn step(&self) -> Step {
        *self.step.borrow()
    }

    /// The token that is triggered when nobody needs the answer any more.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }
}
