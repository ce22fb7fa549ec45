//! The gateway's own failures as RFC 9457 problem documents.

use axum::body::Body;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use serde_json::json;

use crate::pool::InvokeError;

/// A failure that no function answered for.
#[derive(Debug)]
pub(super) struct Problem {
    slug: &'static str,
    title: &'static str,
    status: StatusCode,
    detail: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    fn new(slug: &'static str, title: &'static str, status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            slug,
            title,
            status,
            detail: detail.into(),
            header: None,
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            "not-found",
            "Not found",
            StatusCode::NOT_FOUND,
            "There is nothing at this path.",
        )
    }

    pub(super) fn method_not_allowed(method: &Method, allowed: &str) -> Self {
        let detail = format!("This path does not take {method}, only {allowed}.");
        let mut problem = Self::new(
            "method-not-allowed",
            "Method not allowed",
            StatusCode::METHOD_NOT_ALLOWED,
            detail,
        );
        problem.header = HeaderValue::from_str(allowed)
            .ok()
            .map(|allowed| (ALLOW, allowed));
        problem
    }

    /// The body was larger than the limit, or the connection broke. What is left of the body stays unread, so the
    /// connection cannot be used again, and the client is told.
    pub(super) fn unread_body(error: &axum::Error) -> Self {
        let mut problem = if is_length_limit(error) {
            Self::too_large(format!(
                "The body is larger than {} bytes.",
                super::MAX_BODY_BYTES
            ))
        } else {
            let detail = "The body could not be read.";
            Self::new(
                "invalid-request",
                "Invalid request",
                StatusCode::BAD_REQUEST,
                detail,
            )
        };
        problem.header = Some((CONNECTION, HeaderValue::from_static("close")));
        problem
    }

    pub(super) fn bad_response(function: &str, reason: &str) -> Self {
        let detail = format!("The function `{function}` gave a malformed response: {reason}.");
        Self::function_failed(detail)
    }

    pub(super) fn from_invocation(function: &str, error: &InvokeError) -> Self {
        match error {
            InvokeError::EventTooLarge { bytes } => Self::too_large(format!(
                "The request makes an event of {bytes} bytes, and a function takes {}.",
                crate::pool::MAX_EVENT_BYTES
            )),
            InvokeError::Throttled(_) => {
                let detail = format!("Every instance of the function `{function}` is busy.");
                let mut problem = Self::new(
                    "throttled",
                    "Too many requests",
                    StatusCode::TOO_MANY_REQUESTS,
                    detail,
                );
                problem.header = Some((RETRY_AFTER, HeaderValue::from_static("1")));
                problem
            }
            InvokeError::TimedOut { after } => {
                let detail = format!(
                    "The function `{function}` did not answer within {} seconds.",
                    after.as_secs()
                );
                Self::new("timed-out", "Timed out", StatusCode::GATEWAY_TIMEOUT, detail)
            }
            InvokeError::StartFailed { .. } => Self::function_failed(format!(
                "The function `{function}` did not start; its log says why."
            )),
            InvokeError::Crashed { status, .. } => Self::function_failed(format!(
                "The function `{function}` ended before it answered ({status})."
            )),
            InvokeError::Failed { .. } => {
                Self::function_failed(format!("The function `{function}` failed; its log says why."))
            }
            InvokeError::Stopped | InvokeError::Unknown(_) => {
                let detail = "The local cloud is being stopped.";
                Self::new(
                    "unavailable",
                    "Try again later",
                    StatusCode::SERVICE_UNAVAILABLE,
                    detail,
                )
            }
        }
    }

    fn too_large(detail: String) -> Self {
        Self::new(
            "payload-too-large",
            "Payload too large",
            StatusCode::PAYLOAD_TOO_LARGE,
            detail,
        )
    }

    fn function_failed(detail: String) -> Self {
        Self::new(
            "function-failed",
            "The function failed",
            StatusCode::BAD_GATEWAY,
            detail,
        )
    }

    pub(super) fn into_response(self, instance: &str, request_id: &str) -> Response<Body> {
        let body = json!({
            "type": format!("urn:attest:problem:{}", self.slug),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(self.header);
        response
    }
}

/// The limit's own error type is hidden behind the body's: its text is all there is to go by.
fn is_length_limit(error: &axum::Error) -> bool {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes
        .into_iter()
        .any(|cause| cause.to_string().contains("length limit"))
}
