//! The Lambda Runtime API of one instance: hands it its events and takes its responses.

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

use crate::streamed::{self, Streamed};
use crate::tasks::lock;

/// The largest response of a function in bytes, as Lambda has it.
pub(crate) const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// One event on its way to an instance.
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) deadline: SystemTime,
    pub(crate) payload: Bytes,
    pub(crate) ending: oneshot::Sender<Ending>,
}

/// How an event ended at an instance.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The function's response.
    Responded(Bytes),
    /// Its response has begun; the receiver is told, or dropped, when the function has written all of it.
    Streaming(Streamed, oneshot::Receiver<()>),
    /// The function's own report of a failure.
    Failed(FunctionError),
    /// The process was gone before it answered.
    Crashed,
    /// The process was gone before it fetched the event: another instance may have it.
    NeverFetched,
}

/// What a function reports when it fails.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct FunctionError {
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

/// What the pool and the instance's process exchange through the Runtime API.
#[derive(Default)]
pub(crate) struct Mailbox {
    state: Mutex<Contents>,
    arrived: Notify,
    ready: watch::Sender<bool>,
}

#[derive(Default)]
struct Contents {
    waiting: Option<Invocation>,
    /// The request id of the event that the process works on, and who waits for it.
    running: Option<(String, oneshot::Sender<Ending>)>,
    init_error: Option<FunctionError>,
    closed: bool,
}

impl Mailbox {
    /// Puts the next event where the process will fetch it.
    pub(crate) fn put(&self, invocation: Invocation) {
        let mut state = lock(&self.state);
        if state.closed {
            let _ = invocation.ending.send(Ending::NeverFetched);
            return;
        }
        state.waiting = Some(invocation);
        self.arrived.notify_one();
    }

    /// The process has ended: nothing more will come from it.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        if let Some(invocation) = state.waiting.take() {
            let _ = invocation.ending.send(Ending::NeverFetched);
        }
        if let Some((_, ending)) = state.running.take() {
            let _ = ending.send(Ending::Crashed);
        }
    }

    /// Waits until the process has asked for its first event.
    pub(crate) async fn ready(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.ready.subscribe().wait_for(|ready| *ready).await;
    }

    /// What the process reported as the reason for not starting.
    pub(crate) fn init_error(&self) -> Option<FunctionError> {
        lock(&self.state).init_error.clone()
    }

    /// Ends the running event. A late answer, or one to another event, is refused.
    fn finish(&self, request_id: &str, ending: Ending, accepted: StatusCode) -> StatusCode {
        match lock(&self.state)
            .running
            .take_if(|(running, _)| running == request_id)
        {
            Some((_, waiter)) => {
                // Nobody waits when the deadline passed in between: the process is being ended then.
                let _ = waiter.send(ending);
                accepted
            }
            None => StatusCode::BAD_REQUEST,
        }
    }
}

/// Serves the Runtime API of one instance until the task is dropped.
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

/// Moves the waiting event to the running place and writes it down as the response to `next`.
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
    state.running = Some((invocation.request_id, invocation.ending));
    Some(response)
}

/// X-Ray's form: a version, eight digits of time, 24 random ones, a parent of 16; not sampled.
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
        let Some((streamed, upload)) = streamed::begin(body).await else {
            // The connection broke: the process is ending, and its exit says more.
            return StatusCode::BAD_REQUEST;
        };
        let (done, ended) = oneshot::channel();
        let status = mailbox.finish(
            &request_id,
            Ending::Streaming(streamed, ended),
            StatusCode::ACCEPTED,
        );
        upload.pass_on().await;
        let _ = done.send(());
        return status;
    }
    match read_whole(body).await {
        Ok(Some(body)) => mailbox.finish(&request_id, Ending::Responded(body), StatusCode::ACCEPTED),
        Ok(None) => {
            let error = FunctionError {
                error_type: "Function.ResponseSizeTooLarge".into(),
                error_message: format!(
                    "Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
                ),
            };
            mailbox.finish(&request_id, Ending::Failed(error), StatusCode::PAYLOAD_TOO_LARGE)
        }
        // The connection broke: the process is ending, and its exit says more.
        Err(_broken) => StatusCode::BAD_REQUEST,
    }
}

/// The body, or `None` when it is too large. Reads to its end even then: closing early would end the process.
async fn read_whole(body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0;
    while let Some(chunk) = chunks.try_next().await? {
        length += chunk.len();
        if length <= MAX_RESPONSE_BYTES {
            whole.extend_from_slice(&chunk);
        }
    }
    Ok((length <= MAX_RESPONSE_BYTES).then(|| whole.into()))
}

async fn error(
    State(mailbox): State<Arc<Mailbox>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> StatusCode {
    mailbox.finish(
        &request_id,
        Ending::Failed(parse_error(&body)),
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
