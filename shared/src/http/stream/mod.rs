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
mod start;

pub use answer_stream::AnswerStream;
pub use body::StreamBody;
pub use endpoint::{StreamEndpoint, serve};
pub use output::EventOutput;
pub use resumed::{EventHistory, resumed};
pub use start::{EventSource, EventTask, StreamStart};
