//! Who hears of an answer while it is made, and whether they still listen.

use tokio::sync::{mpsc, watch};

use crate::domain::Event;

/// Hears of an answer while it is made. One that hears nothing gets the answer as a whole, and waits for it.
#[derive(Debug, Clone)]
pub struct Listener {
    events: Option<mpsc::UnboundedSender<Event>>,
    caller: Caller,
}

impl Listener {
    /// Hears nothing.
    pub fn nobody() -> Self {
        Self {
            events: None,
            caller: Caller::waiting(),
        }
    }

    /// Hears everything by this channel, on behalf of a caller.
    pub fn new(events: mpsc::UnboundedSender<Event>, caller: Caller) -> Self {
        Self {
            events: Some(events),
            caller,
        }
    }

    /// Whether anything that is told is heard.
    pub fn is_listening(&self) -> bool {
        self.events.is_some()
    }

    /// Tells what has happened.
    pub fn tell(&self, event: Event) {
        if let Some(events) = &self.events {
            // Nobody may be left to hear it.
            let _ = events.send(event);
        }
    }

    /// On whose behalf.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

/// Whoever asked.
#[derive(Debug, Clone)]
pub struct Caller(Option<watch::Receiver<bool>>);

/// Says that a caller has left.
#[derive(Debug)]
pub struct Leave(watch::Sender<bool>);

impl Caller {
    /// One who waits whatever happens.
    pub fn waiting() -> Self {
        Self(None)
    }

    /// One who can leave.
    pub fn new() -> (Self, Leave) {
        let (sender, receiver) = watch::channel(false);
        (Self(Some(receiver)), Leave(sender))
    }

    /// Whether nobody waits any more.
    pub fn has_left(&self) -> bool {
        self.0.as_ref().is_some_and(|left| *left.borrow())
    }

    /// Comes to an end when nobody waits any more, and never otherwise.
    pub async fn left(&self) {
        if let Some(mut left) = self.0.clone()
            && left.wait_for(|left| *left).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

impl Leave {
    /// From now on nobody waits.
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}
