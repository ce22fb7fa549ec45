//! A reader of server-sent events that checks how they are written.

use reqwest::Response;
use serde_json::Value;

use crate::contract::check_event;

/// One event as it came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EncodedEvent {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) data: Value,
}

impl EncodedEvent {
    pub(super) fn is_last(&self) -> bool {
        ["completed", "incomplete", "failed"].contains(&self.name.as_str())
    }
}

/// A reader of a stream.
pub(super) struct Reader {
    pub(super) response: Response,
    read: String,
}

impl Reader {
    pub(super) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/event-stream; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-cache, no-transform");
        assert!(headers.contains_key("x-request-id"));
        Self {
            response,
            read: String::new(),
        }
    }

    /// The next event; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<EncodedEvent> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (told(event), rest.to_owned());
                self.read = rest;
                if event.is_some() {
                    return event;
                }
                continue;
            }
            match self.response.chunk().await.unwrap() {
                Some(bytes) => self.read.push_str(std::str::from_utf8(&bytes).unwrap()),
                None => {
                    assert_eq!(self.read, "", "the last event is whole");
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

    pub(super) async fn rest(mut self) -> Vec<EncodedEvent> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// An event from its lines; `None` for a sign of life.
pub(super) fn told(block: &str) -> Option<EncodedEvent> {
    if block.starts_with(':') {
        return None;
    }
    let mut lines = block.lines();
    let mut field = |name: &str| lines.next().unwrap().strip_prefix(name).unwrap().to_owned();
    let told = EncodedEvent {
        id: field("id: ").parse().unwrap(),
        name: field("event: "),
        data: serde_json::from_str(&field("data: ")).unwrap(),
    };
    assert_eq!(lines.next(), None, "{block}");
    check_event(&told.name, &told.data);
    Some(told)
}
