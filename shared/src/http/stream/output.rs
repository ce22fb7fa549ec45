//! The format of server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::time::Duration;

use bytes::Bytes;
use tokio::{sync::mpsc, time::Instant};

use crate::domain::EncodedEvent;

/// The time without an event after which a heartbeat is sent.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Sends events to the reader of a response, numbered from 1.
#[derive(Debug)]
pub struct EventOutput {
    bytes: mpsc::UnboundedSender<Bytes>,
    last: u64,
    quiet_since: Instant,
}

impl EventOutput {
    pub(super) fn new(bytes: mpsc::UnboundedSender<Bytes>) -> Self {
        Self {
            bytes,
            last: 0,
            quiet_since: Instant::now(),
        }
    }

    /// Continues after an event that the reader has.
    pub fn resume_after(&mut self, last: u64) {
        self.last = last;
    }

    /// The id of the last event.
    pub fn last_id(&self) -> u64 {
        self.last
    }

    /// Sends an event.
    pub fn send(&mut self, event: &EncodedEvent) {
        self.last += 1;
        self.write(frame(self.last, event));
    }

    /// When the next heartbeat is due.
    pub fn heartbeat_at(&self) -> Instant {
        self.quiet_since + HEARTBEAT
    }

    /// Sends a heartbeat: a comment that readers ignore.
    pub fn heartbeat(&mut self) {
        self.write(": ping\n\n".to_owned());
    }

    fn write(&mut self, text: String) {
        self.quiet_since = Instant::now();
        // The reader may have disconnected.
        let _ = self.bytes.send(text.into());
    }
}

/// An event on the wire. Its JSON has no line break, so the data is one line.
fn frame(id: u64, EncodedEvent { name, data }: &EncodedEvent) -> String {
    format!("id: {id}\nevent: {name}\ndata: {}\n\n", data.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Event;

    #[test]
    fn an_event_is_three_lines_and_a_blank_one() {
        let text = "One\nline \"and\" another.".to_owned();
        assert_eq!(
            frame(7, &Event::Delta { text }.into()),
            "id: 7\nevent: delta\ndata: {\"text\":\"One\\nline \\\"and\\\" another.\"}\n\n"
        );
        assert_eq!(
            frame(8, &Event::Restart {}.into()),
            "id: 8\nevent: restart\ndata: {}\n\n"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_heartbeat_is_sent_after_ten_seconds_of_silence() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let mut output = EventOutput::new(sender);
        let began = Instant::now();
        tokio::time::advance(Duration::from_secs(9)).await;
        output.send(&Event::Restart {}.into());
        for _ in 0..2 {
            tokio::time::sleep_until(output.heartbeat_at()).await;
            output.heartbeat();
        }
        assert_eq!(began.elapsed(), Duration::from_secs(29));
        assert!(receiver.recv().await.unwrap().starts_with(b"id: 1"));
        assert_eq!(receiver.recv().await.unwrap(), ": ping\n\n");
        assert_eq!(receiver.recv().await.unwrap(), ": ping\n\n");
        assert_eq!(output.last_id(), 1, "a heartbeat is not an event");
    }
}
