//! The wire formats against recorded replies, tables of failures, and bytes of any kind.

mod arbitrary;
mod failures;
mod replies;
mod requests;
mod vectors;

use super::{Event, Fault, Kind, StreamReader};

/// A file of `testdata/llm`.
macro_rules! recorded {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/llm/", $name)).as_slice()
    };
}
use recorded;

/// Reads a stream that arrives in these pieces, as far as it can be read.
fn read_stream<'a>(kind: Kind, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Event>, Option<Fault>) {
    let mut reader = StreamReader::new(kind);
    let mut events = Vec::new();
    for piece in pieces {
        match reader.push(piece) {
            Ok(more) => events.extend(more),
            Err(fault) => return (events, Some(fault)),
        }
    }
    match reader.end() {
        Ok(more) => events.extend(more),
        Err(fault) => return (events, Some(fault)),
    }
    (events, None)
}
