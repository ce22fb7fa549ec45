//! The client of the HTTP API, for the commands that ask a running server.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use serde_json::Value as Json;
use shared::http_client;

/// Above the 29 seconds that API Gateway allows, so that its answer is the one that is seen.
const TIMEOUT: Duration = Duration::from_secs(40);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A server by its base URL.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    http: reqwest::Client,
    url: String,
}

/// A response with a status of 2xx.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The body as the server wrote it.
    pub(crate) text: String,
    pub(crate) json: Json,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// No connection, or it broke.
    #[error("cannot reach {url}: {reason} (is `cargo dev` running? choose another server with --url)")]
    Unreachable { url: String, reason: String },
    /// The server reported a failure.
    #[error("{status} {title}: {detail} (request {request_id})")]
    Problem {
        status: u16,
        title: String,
        detail: String,
        request_id: String,
        text: String,
    },
}

impl ServerError {
    /// Whether the same request may do better in a moment. Only for requests that can be repeated without harm.
    fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Problem { status, .. } => is_passing(*status),
        }
    }
}

impl Server {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let http = http_client::builder()?
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT);
        let host = url::Url::parse(url)?.host_str().unwrap_or_default().to_owned();
        // A proxy, if one is set, knows another loopback than this one.
        let is_local = matches!(host.as_str(), "127.0.0.1" | "localhost" | "[::1]");
        let http = if is_local { http.no_proxy() } else { http };
        Ok(Self {
            http: http.build()?,
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> Result<Reply, ServerError> {
        let response = self
            .http
            .post(format!("{}{path}", self.url))
            .json(body)
            .send()
            .await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let text = response.text().await.map_err(|error| self.unreachable(&error))?;
        let json: Json = serde_json::from_str(&text).unwrap_or_default();
        if status.is_success() && !json.is_null() {
            return Ok(Reply { text, json });
        }
        let field = |name: &str, fallback: &str| json[name].as_str().unwrap_or(fallback).to_owned();
        Err(ServerError::Problem {
            status: status.as_u16(),
            title: field("title", status.canonical_reason().unwrap_or("failure")),
            detail: field("detail", "the response is not the JSON that was expected"),
            request_id: field("request_id", "unknown"),
            text,
        })
    }

    /// Repeats a failed request a few times with growing pauses. For requests that can be repeated without harm.
    pub(crate) async fn post_until_it_passes(&self, path: &str, body: &Json) -> Result<Reply, ServerError> {
        let attempt = || self.post(path, body);
        attempt.retry(backoff()).when(ServerError::is_passing).await
    }

    fn unreachable(&self, error: &reqwest::Error) -> ServerError {
        let deepest =
            std::iter::successors(Some(error as &dyn std::error::Error), |cause| cause.source()).last();
        let reason = deepest.map(ToString::to_string).unwrap_or_default();
        ServerError::Unreachable {
            url: self.url.clone(),
            reason,
        }
    }
}

/// Whether a status may be another one in a moment.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// How long to wait before each further attempt.
pub(crate) fn pauses() -> impl Iterator<Item = Duration> {
    backoff().build()
}

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(300))
        .with_max_times(4)
        .with_jitter()
}
