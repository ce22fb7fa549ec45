//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::time::Duration;

use bytes::Bytes;
use tokio::{sync::mpsc, time::Instant};

use crate::domain::EncodedEvent;

/// After so long without an event, the reader is told that all is well.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Where events go, numbered from 1.
#[derive(Debug)]
pub struct Output {
    bytes: mpsc::UnboundedSender<Bytes>,
    last: u64,
    quiet_since: Instant,
}

impl Output {
    pub(super) fn to(bytes: mpsc::UnboundedSender<Bytes>) -> Self {
        Self {
            bytes,
            last: 0,
            quiet_since: Instant::now(),
        }
    }

    /// Goes on after an event that the reader has.
    pub fn after(&mut self, last: u64) {
        self.last = last;
    }

    /// The number of the last event.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Sends an event.
    pub fn tell(&mut self, event: &EncodedEvent) {
        self.last += 1;
        self.send(frame(self.last, event));
    }

    /// When it is time for a sign of life.
    pub fn heartbeat_at(&self) -> Instant {
        self.quiet_since + HEARTBEAT
    }

    /// Sends a sign of life.
    pub fn heartbeat(&mut self) {
        self.send(": ping\n\n".to_owned());
    }

    fn send(&mut self, text: String) {
        self.quiet_since = Instant::now();
        // Nobody may be left to read it.
        let _ = self.bytes.send(text.into());
    }
}

/// An event as the reader gets it. Its JSON has no line break, so it is one line.
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
    async fn silence_is_broken_every_ten_seconds() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let mut output = Output::to(sender);
        let began = Instant::now();
        tokio::time::advance(Duration::from_secs(9)).await;
        output.tell(&Event::Restart {}.into());
        for _ in 0..2 {
            tokio::time::sleep_until(output.heartbeat_at()).await;
            output.heartbeat();
        }
        assert_eq!(began.elapsed(), Duration::from_secs(29));
        assert!(receiver.recv().await.unwrap().starts_with(b"id: 1"));
        assert_eq!(receiver.recv().await.unwrap(), ": ping\n\n");
        assert_eq!(receiver.recv().await.unwrap(), ": ping\n\n");
        assert_eq!(output.last(), 1, "a sign of life is no event");
    }
}
