//! RFC 9457 problem documents for errors of the gateway itself.

use axum::body::Body;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use serde_json::json;

use crate::pool::InvokeError;

/// An error response of the gateway.
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

    /// 404: no route matches the path.
    pub(super) fn not_found() -> Self {
        Self::new(
            "not-found",
            "Not found",
            StatusCode::NOT_FOUND,
            "No route matches this path.",
        )
    }

    /// 405: the path exists, but not for this method. `allowed` becomes the `Allow` header.
    pub(super) fn method_not_allowed(method: &Method, allowed: &str) -> Self {
        let detail = format!("This path does not support {method}. Supported methods: {allowed}.");
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

    /// 403: the request comes from a page or by a name that is not of this machine.
    pub(super) fn foreign(header: &str) -> Self {
        let detail = format!(
            "The local cloud accepts no requests with this {header}. Allow its name with --allow-host if it is yours."
        );
        Self::new("forbidden", "Forbidden", StatusCode::FORBIDDEN, detail)
    }

    /// 431: the request line and the headers exceed `max_bytes`.
    pub(super) fn headers_too_large(max_bytes: usize) -> Self {
        Self::new(
            "headers-too-large",
            "Headers too large",
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            format!("The request line and the headers are larger than {max_bytes} bytes."),
        )
    }

    /// 413 when the body exceeds `max_bytes`, 400 when the connection broke. The rest of the body stays unread, so the
    /// response closes the connection.
    pub(super) fn unread_body(error: &axum::Error, max_bytes: usize) -> Self {
        let mut problem = if is_length_limit(error) {
            Self::too_large(format!("The body is larger than {max_bytes} bytes."))
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

    /// 502: the function's response is not a valid proxy response.
    pub(super) fn malformed_response(function: &str, reason: &str) -> Self {
        let detail = format!("The function `{function}` returned a malformed response: {reason}.");
        Self::function_failed(detail)
    }

    /// The problem for a failed invocation.
    pub(super) fn from_invocation(function: &str, error: &InvokeError) -> Self {
        match error {
            InvokeError::EventTooLarge { bytes } => Self::too_large(format!(
                "The request results in an event of {bytes} bytes; the maximum is {}.",
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
                    "The function `{function}` did not respond within {} seconds.",
                    after.as_secs()
                );
                Self::new(
                    "timed-out",
                    "Gateway timeout",
                    StatusCode::GATEWAY_TIMEOUT,
                    detail,
                )
            }
            InvokeError::StartFailed { .. } => {
                Self::function_failed(format!("The function `{function}` did not start; see its log."))
            }
            InvokeError::Crashed { status, .. } => Self::function_failed(format!(
                "The function `{function}` exited before it responded ({status})."
            )),
            InvokeError::Failed { .. } => {
                Self::function_failed(format!("The function `{function}` failed; see its log."))
            }
            InvokeError::Stopped | InvokeError::Unknown(_) => {
                let detail = "The local cloud is shutting down.";
                Self::new(
                    "unavailable",
                    "Service unavailable",
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

    /// Renders the response; `instance` is the request's path.
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

/// Whether the body exceeded the limit. axum hides the error's type, so this checks its text.
fn is_length_limit(error: &axum::Error) -> bool {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes
        .into_iter()
        .any(|cause| cause.to_string().contains("length limit"))
}
