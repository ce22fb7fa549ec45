//! HTTP client for the API of a running server.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use reqwest::StatusCode;
use serde_json::Value as Json;
use shared::http_client;

/// Above API Gateway's limit of 29 seconds, so that the gateway's own timeout response arrives.
const TIMEOUT: Duration = Duration::from_secs(40);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client for the server at one base URL.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    http: reqwest::Client,
    url: String,
}

/// A successful (2xx) response.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    /// The body, verbatim.
    pub(crate) text: String,
    /// The body, parsed; null if there is none.
    pub(crate) json: Json,
}

/// A response to a health check, of any status.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) status: u16,
    /// The `Date` header.
    pub(crate) date: Option<String>,
    /// The body, parsed; null if it is not JSON.
    pub(crate) json: Json,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// The connection could not be opened, or it broke.
    #[error(
        "cannot reach {url}: {reason}; start the server with `cargo dev`, or choose another one with --url"
    )]
    Unreachable { url: String, reason: String },
    /// The server returned a problem document (RFC 9457), or a body that is not JSON.
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
    /// Whether a retry of the same request may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Problem { status, .. } => is_transient(*status),
        }
    }
}

impl Server {
    /// Creates a client. Fails when `url` is not a URL.
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let http = http_client::builder()?
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT);
        let host = url::Url::parse(url)?.host_str().unwrap_or_default().to_owned();
        // A proxy would resolve the loopback address to its own host.
        let is_local = matches!(host.as_str(), "127.0.0.1" | "localhost" | "[::1]");
        let http = if is_local { http.no_proxy() } else { http };
        Ok(Self {
            http: http.build()?,
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Sends a JSON body once.
    pub(crate) async fn post(&self, path: &str, body: &Json) -> Result<ApiResponse, ServerError> {
        self.send(self.http.post(format!("{}{path}", self.url)).json(body))
            .await
    }

    /// Reads a resource once.
    pub(crate) async fn get(&self, path: &str) -> Result<ApiResponse, ServerError> {
        self.send(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Reads a resource once. No status is a failure.
    pub(crate) async fn probe(&self, path: &str) -> Result<Probe, ServerError> {
        let response = self.http.get(format!("{}{path}", self.url)).send().await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        let date = response.headers().get(reqwest::header::DATE);
        let date = date.and_then(|date| date.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let text = response.text().await.map_err(|error| self.unreachable(&error))?;
        Ok(Probe {
            status,
            date,
            json: serde_json::from_str(&text).unwrap_or_default(),
        })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<ApiResponse, ServerError> {
        let response = request.send().await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let text = response.text().await.map_err(|error| self.unreachable(&error))?;
        let json: Json = serde_json::from_str(&text).unwrap_or_default();
        if status == StatusCode::NO_CONTENT || (status.is_success() && !json.is_null()) {
            return Ok(ApiResponse { text, json });
        }
        let field = |name: &str, fallback: &str| json[name].as_str().unwrap_or(fallback).to_owned();
        Err(ServerError::Problem {
            status: status.as_u16(),
            title: field("title", status.canonical_reason().unwrap_or("failure")),
            detail: field("detail", "the response is not a JSON document"),
            request_id: field("request_id", "unknown"),
            text,
        })
    }

    /// Like [`Server::post`], with retries of transient failures and exponential backoff. For idempotent requests.
    pub(crate) async fn post_with_retry(&self, path: &str, body: &Json) -> Result<ApiResponse, ServerError> {
        let attempt = || self.post(path, body);
        attempt.retry(backoff()).when(ServerError::is_transient).await
    }

    /// Like [`Server::get`], with the retries of [`Server::post_with_retry`].
    pub(crate) async fn get_with_retry(&self, path: &str) -> Result<ApiResponse, ServerError> {
        let attempt = || self.get(path);
        attempt.retry(backoff()).when(ServerError::is_transient).await
    }

    /// Deletes a resource, with the retries of [`Server::post_with_retry`].
    pub(crate) async fn delete_with_retry(&self, path: &str) -> Result<ApiResponse, ServerError> {
        let attempt = || self.send(self.http.delete(format!("{}{path}", self.url)));
        attempt.retry(backoff()).when(ServerError::is_transient).await
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

/// Whether an HTTP status reports a transient failure, one that a retry may resolve.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 409 | 429 | 502 | 503 | 504)
}

/// The delay before each retry: at most four, growing exponentially from 300 ms, with jitter.
pub(crate) fn retry_delays() -> impl Iterator<Item = Duration> {
    backoff().build()
}

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(300))
        .with_max_times(4)
        .with_jitter()
}
