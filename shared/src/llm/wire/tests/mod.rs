//! Tests of the wire formats: recorded replies, known error bodies and arbitrary bytes.

mod arbitrary;
mod failures;
mod in_band_errors;
mod replies;
mod requests;
mod variants;
mod vectors;

use super::{ApiFormat, ReplyError, ReplyEvent, StreamReader};
use crate::domain::{FinishReason, Tokens};

/// Embeds a file of `testdata/llm`.
macro_rules! recorded {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/llm/", $name)).as_slice()
    };
}
use recorded;

/// Parses a stream that arrives in these pieces; returns the events before the first error, and the error.
fn read_stream<'a>(
    kind: ApiFormat,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<ReplyEvent>, Option<ReplyError>) {
    let mut reader = StreamReader::new(kind, true);
    let mut events = Vec::new();
    for piece in pieces {
        match reader.push(piece) {
            Ok(more) => events.extend(more),
            Err(error) => return (events, Some(error)),
        }
    }
    match reader.end() {
        Ok(more) => events.extend(more),
        Err(error) => return (events, Some(error)),
    }
    (events, None)
}

fn text(events: &[ReplyEvent]) -> String {
    let text = events.iter().filter_map(|event| {
        if let ReplyEvent::Text(text) = event {
            Some(text.as_str())
        } else {
            None
        }
    });
    text.collect()
}

fn tokens(events: &[ReplyEvent]) -> Option<Tokens> {
    let mut tokens = events.iter().filter_map(|event| {
        if let ReplyEvent::Tokens(tokens) = event {
            Some(*tokens)
        } else {
            None
        }
    });
    tokens.next_back()
}

fn finish_reasons(events: &[ReplyEvent]) -> Vec<FinishReason> {
    let reasons = events.iter().filter_map(|event| {
        if let ReplyEvent::Finish(reason) = event {
            Some(*reason)
        } else {
            None
        }
    });
    reasons.collect()
}
