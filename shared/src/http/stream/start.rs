//! How the response to a streaming request starts.

use std::{future::Future, pin::Pin};

use lambda_http::{Body, Response};
use tokio_util::sync::CancellationToken;

use super::output::EventOutput;
use crate::error::HubError;

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
