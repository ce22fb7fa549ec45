//! A strict reader of server-sent events: it checks the headers and the format of every event.

use reqwest::Response;
use serde_json::Value;

use crate::contract::check_event;

/// One event of a stream, parsed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EncodedEvent {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) data: Value,
}

impl EncodedEvent {
    /// Whether no event may follow this one.
    pub(super) fn is_last(&self) -> bool {
        ["completed", "incomplete", "failed"].contains(&self.name.as_str())
    }
}

/// Reads a stream event by event.
pub(crate) struct Reader {
    pub(super) response: Response,
    /// Text that was received and not yet parsed.
    buffer: String,
}

impl Reader {
    /// A reader of a response, whose status and headers it checks.
    pub(super) fn new(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/event-stream; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-cache, no-transform");
        assert!(headers.contains_key("x-request-id"));
        Self {
            response,
            buffer: String::new(),
        }
    }

    /// The next event; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<EncodedEvent> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (parse_event(event), rest.to_owned());
                self.buffer = rest;
                if event.is_some() {
                    return event;
                }
                continue;
            }
            match self.response.chunk().await.unwrap() {
                Some(bytes) => self.buffer.push_str(std::str::from_utf8(&bytes).unwrap()),
                None => {
                    assert_eq!(self.buffer, "", "the last event is complete");
                    return None;
                }
            }
        }
    }

    /// Reads until an event of this name has come.
    pub(super) async fn until(&mut self, name: &str) -> Vec<EncodedEvent> {
        let mut events = Vec::new();
        while events
            .last()
            .is_none_or(|event: &EncodedEvent| event.name != name)
        {
            events.push(self.next().await.unwrap());
        }
        events
    }

    /// Reads to the end of the stream.
    pub(crate) async fn remaining(mut self) -> Vec<EncodedEvent> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// Parses the lines of one event; `None` for a keep-alive comment.
pub(super) fn parse_event(block: &str) -> Option<EncodedEvent> {
    if block.starts_with(':') {
        return None;
    }
    let mut lines = block.lines();
    let mut field = |name: &str| lines.next().unwrap().strip_prefix(name).unwrap().to_owned();
    let event = EncodedEvent {
        id: field("id: ").parse().unwrap(),
        name: field("event: "),
        data: serde_json::from_str(&field("data: ")).unwrap(),
    };
    assert_eq!(lines.next(), None, "{block}");
    check_event(&event.name, &event.data);
    Some(event)
}
