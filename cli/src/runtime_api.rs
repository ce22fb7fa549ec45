//! Server side of the Lambda Runtime API, one per instance
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use futures::TryStreamExt;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};

use crate::streaming_response::{self, StreamingResponse};
use crate::tasks::lock;

/// Lambda's maximum size of a buffered response in bytes.
pub(crate) const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// One event for an instance, with the channel for its outcome.
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) deadline: SystemTime,
    pub(crate) payload: Bytes,
    pub(crate) outcome: oneshot::Sender<InvocationOutcome>,
}

/// The outcome of an event at one instance.
#[derive(Debug)]
pub(crate) enum InvocationOutcome {
    /// The function's complete response.
    Responded(Bytes),
    /// A streaming response. The receiver resolves when the function has written all of it.
    Streaming(StreamingResponse, oneshot::Receiver<()>),
    /// The error that the function reported.
    Failed(FunctionError),
    /// The process exited before it responded.
    Crashed,
    /// The process exited before it fetched the event, which may go to another instance.
    NeverFetched,
}

/// The error object that a function reports to the Runtime API.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct FunctionError {
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

/// The state that the pool and an instance's process exchange through the Runtime API.
#[derive(Default)]
pub(crate) struct Mailbox {
    state: Mutex<MailboxState>,
    arrived: Notify,
    ready: watch::Sender<bool>,
}

#[derive(Default)]
struct MailboxState {
    waiting: Option<Invocation>,
    /// The request id of the event in progress, with the channel for its outcome.
    running: Option<(String, oneshot::Sender<InvocationOutcome>)>,
    init_error: Option<FunctionError>,
    closed: bool,
}

impl Mailbox {
    /// Makes an event available to the process.
    pub(crate) fn put(&self, invocation: Invocation) {
        let mut state = lock(&self.state);
        if state.closed {
            let _ = invocation.outcome.send(InvocationOutcome::NeverFetched);
            return;
        }
        state.waiting = Some(invocation);
        self.arrived.notify_one();
    }

    /// Reports a pending event as lost because the process has exited. Later events are refused.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        if let Some(invocation) = state.waiting.take() {
            let _ = invocation.outcome.send(InvocationOutcome::NeverFetched);
        }
        if let Some((_, outcome)) = state.running.take() {
            let _ = outcome.send(InvocationOutcome::Crashed);
        }
    }

    /// Waits until the process requests its first event.
    pub(crate) async fn ready(&self) {
        // `self` owns the sender, so waiting cannot fail.
        let _ = self.ready.subscribe().wait_for(|ready| *ready).await;
    }

    /// The initialization error that the process reported, if any.
    pub(crate) fn init_error(&self) -> Option<FunctionError> {
        lock(&self.state).init_error.clone()
    }

    /// Completes the running event. Refuses a late result and one for another event.
    fn finish(&self, request_id: &str, outcome: InvocationOutcome, accepted: StatusCode) -> StatusCode {
        match lock(&self.state)
            .running
            .take_if(|(running, _)| running == request_id)
        {
            Some((_, sender)) => {
                // The receiver is gone when the deadline has passed; the pool is killing the process then.
                let _ = sender.send(outcome);
                accepted
            }
            None => StatusCode::BAD_REQUEST,
        }
    }
}

/// Serves the Runtime API of one instance until the future is dropped.
pub(crate) async fn serve(listener: TcpListener, mailbox: Arc<Mailbox>) {
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{request_id}/response",
            post(response),
        )
        .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(mailbox);
    // `axum::serve` never returns an error: it retries `accept`.
    let _ = axum::serve(listener, router).await;
}

async fn next(State(mailbox): State<Arc<Mailbox>>) -> Result<Response<Body>, StatusCode> {
    mailbox.ready.send_replace(true);
    loop {
        if let Some(delivery) = deliver(&mailbox) {
            return delivery.map_err(|_invalid_header| StatusCode::INTERNAL_SERVER_ERROR);
        }
        mailbox.arrived.notified().await;
    }
}

/// Marks the waiting event as running and renders it as the response to `next`.
fn deliver(mailbox: &Mailbox) -> Option<Result<Response<Body>, axum::http::Error>> {
    let mut state = lock(&mailbox.state);
    let invocation = state.waiting.take()?;
    let since_epoch = invocation.deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let response = Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", &invocation.request_id)
        .header("Lambda-Runtime-Deadline-Ms", since_epoch.as_millis().to_string())
        .header("Lambda-Runtime-Invoked-Function-Arn", &invocation.function_arn)
        .header("Lambda-Runtime-Trace-Id", trace_id(since_epoch.as_secs()))
        .body(Body::from(invocation.payload));
    state.running = Some((invocation.request_id, invocation.outcome));
    Some(response)
}

/// An unsampled X-Ray trace header: version, 8 hex digits of time, 24 random ones, a parent id of 16.
fn trace_id(seconds: u64) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    format!(
        "Root=1-{seconds:08x}-{};Parent={};Sampled=0",
        &random[..24],
        &random[16..]
    )
}

async fn response(
    State(mailbox): State<Arc<Mailbox>>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let mode = headers.get("lambda-runtime-function-response-mode");
    if mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming")) {
        let Some((response, forwarder)) = streaming_response::read_prelude(body).await else {
            // The connection broke: the process is exiting, and its exit status is the error to report.
            return StatusCode::BAD_REQUEST;
        };
        let (complete, completed) = oneshot::channel();
        let status = mailbox.finish(
            &request_id,
            InvocationOutcome::Streaming(response, completed),
            StatusCode::ACCEPTED,
        );
        forwarder.forward().await;
        let _ = complete.send(());
        return status;
    }
    match read_body(body).await {
        Ok(Some(body)) => mailbox.finish(
            &request_id,
            InvocationOutcome::Responded(body),
            StatusCode::ACCEPTED,
        ),
        Ok(None) => {
            let error = FunctionError {
                error_type: "Function.ResponseSizeTooLarge".into(),
                error_message: format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
                ),
            };
            mailbox.finish(
                &request_id,
                InvocationOutcome::Failed(error),
                StatusCode::PAYLOAD_TOO_LARGE,
            )
        }
        // The connection broke: the process is exiting, and its exit status is the error to report.
        Err(_broken) => StatusCode::BAD_REQUEST,
    }
}

/// Reads the body. Returns `None` when it is too large, after reading to its end: closing the connection early would
/// end the process.
async fn read_body(body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(chunk) = chunks.try_next().await? {
        length += chunk.len();
        if length <= MAX_RESPONSE_BYTES {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((length <= MAX_RESPONSE_BYTES).then(|| bytes.into()))
}

async fn error(
    State(mailbox): State<Arc<Mailbox>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> StatusCode {
    mailbox.finish(
        &request_id,
        InvocationOutcome::Failed(parse_error(&body)),
        StatusCode::ACCEPTED,
    )
}

async fn init_error(State(mailbox): State<Arc<Mailbox>>, body: Bytes) -> StatusCode {
    lock(&mailbox.state).init_error = Some(parse_error(&body));
    StatusCode::ACCEPTED
}

fn parse_error(body: &[u8]) -> FunctionError {
    serde_json::from_slice(body).unwrap_or_default()
}
