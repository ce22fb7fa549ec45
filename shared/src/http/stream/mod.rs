//! Responses as server-sent events, sent while they are made.
//!
//! The task that makes the events is polled by the reader of the response body. When the reader is gone, the runtime polls
//! the task to its end before the next invocation is fetched, so that nothing outlives its invocation.

mod answer_stream;
mod body;
mod endpoint;
mod event_writer;
mod output;
mod resumed;
mod runtime;

use std::{future::Future, pin::Pin};

use lambda_http::{Body, Response};
use tokio_util::sync::CancellationToken;

use crate::error::HubError;
pub use answer_stream::AnswerStream;
pub use body::StreamBody;
pub use endpoint::{StreamEndpoint, serve};
pub use output::EventOutput;
pub use resumed::{EventHistory, resumed};

/// How the response to a request starts.
pub enum StreamStart {
    /// A complete response without events.
    Complete(Response<Body>),
    /// The events of this source.
    Events(EventSource),
    /// The events of an earlier request with the same `Idempotency-Key`.
    Replayed(EventSource),
}

/// Starts the task that makes the events. The token is cancelled when the reader disconnects.
pub type EventSource = Box<dyn FnOnce(EventOutput, CancellationToken) -> EventTask + Send>;

/// Makes the events of one response. It always sends a last event; its error is for the log.
pub type EventTask = Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>>;
