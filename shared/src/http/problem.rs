//! Problem details (RFC 9457): the response of every failed request. Causes go to the log only.

use lambda_http::{
    Body, Response,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{FieldError, InvalidInput},
    error::HubError,
    ports::{LlmError, StoreError},
};

/// `Retry-After` of 503, in seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// The body of a failed request (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Problem {
    /// The kind of problem, as a URN: `urn:attest:problem:` and a fixed name, such as `not-found`.
    pub r#type: String,
    /// A short summary of the kind; the same for every problem of this kind.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What went wrong in this request.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// The id of the request, to include in support requests.
    pub request_id: String,
    /// Every fault of the input; absent when the input is valid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// The problem of a failure. `instance` is the path of the request.
    pub fn new(error: &HubError, instance: &str, request_id: &str) -> Self {
        // No wildcard arm: a new kind of failure must choose its status here.
        let (slug, title, status) = match error {
            HubError::Invalid(InvalidInput { malformed: true, .. }) => (
                "malformed-input",
                "The input is malformed",
                StatusCode::BAD_REQUEST,
            ),
            HubError::Invalid(InvalidInput { malformed: false, .. }) => (
                "impossible-input",
                "The input has invalid values",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            HubError::NotFound(_) | HubError::AgentUnavailable { .. } => {
                ("not-found", "Not found", StatusCode::NOT_FOUND)
            }
            HubError::Conflict(_) => ("conflict", "Conflict", StatusCode::CONFLICT),
            HubError::StillRunning(_) => ("running", "Still running", StatusCode::CONFLICT),
            HubError::Outdated(_) => ("outdated", "Precondition failed", StatusCode::PRECONDITION_FAILED),
            HubError::TooLarge { .. } => (
                "payload-too-large",
                "Payload too large",
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            HubError::UnsupportedMediaType(_) | HubError::UnsupportedFile(_) => (
                "unsupported-media-type",
                "Unsupported content type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            HubError::UnreadableFile(_) => (
                "unreadable-file",
                "The file cannot be read",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            HubError::Unreachable(_) => ("unreachable", "Address not reachable", StatusCode::BAD_GATEWAY),
            HubError::UnusableAddress(_) => (
                "unusable-address",
                "The address cannot be used",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            HubError::Store(_) | HubError::Unhealthy(_) => (
                "unavailable",
                "Service unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            HubError::Models(LlmError::BudgetExhausted) => (
                "budget-exhausted",
                "Budget exhausted",
                StatusCode::PAYMENT_REQUIRED,
            ),
            HubError::Models(LlmError::Deadline) => {
                ("timed-out", "Gateway timeout", StatusCode::GATEWAY_TIMEOUT)
            }
            HubError::Models(_) => ("models-failed", "No model answered", StatusCode::BAD_GATEWAY),
            HubError::DeadlineExceeded(_) => ("timed-out", "Gateway timeout", StatusCode::GATEWAY_TIMEOUT),
            HubError::QueryFailed(_) => ("not-answered", "Not answered", StatusCode::BAD_GATEWAY),
            HubError::DocumentFailed(_) => ("not-stored", "Not stored", StatusCode::SERVICE_UNAVAILABLE),
            HubError::Internal(_) => (
                "internal",
                "Internal server error",
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
        };
        let errors = match error {
            HubError::Invalid(input) => input.errors.clone(),
            _ => Vec::new(),
        };
        Self {
            r#type: format!("urn:attest:problem:{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: error.to_string(),
            instance: instance.to_owned(),
            request_id: request_id.to_owned(),
            errors,
        }
    }

    /// The problem as a response of type `application/problem+json`; 503 has `Retry-After`.
    pub fn response(&self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

impl HubError {
    /// Whether the store is unavailable, throttled or too slow: further calls to it would fail as well.
    pub fn is_store(&self) -> bool {
        matches!(
            self,
            Self::Store(
                StoreError::Unavailable { .. } | StoreError::Throttled { .. } | StoreError::TimedOut { .. }
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_failure_has_its_problem() {
        let cause = || StoreError::TimedOut {
            operation: "GetItem",
            source: "secret cause".into(),
        };
        let failures = [
            HubError::Invalid(InvalidInput::malformed("/query", "is required")),
            HubError::Invalid(InvalidInput::invalid_value(
                "/query",
                "must not be empty or blank",
            )),
            HubError::NotFound("document"),
            HubError::AgentUnavailable {
                name: "browser",
                reason: "no browser",
            },
            HubError::Conflict("document"),
            HubError::StillRunning("query"),
            HubError::Outdated("query"),
            HubError::TooLarge {
                limit_bytes: 6_291_456,
            },
            HubError::UnsupportedMediaType("application/json"),
            HubError::UnsupportedFile("files of the type `image/png` are not supported".to_owned()),
            HubError::UnreadableFile("the file is encrypted".to_owned()),
            HubError::Unreachable("the server answered with status 503".to_owned()),
            HubError::UnusableAddress("port 22 is not allowed".to_owned()),
            HubError::Store(cause()),
            HubError::Models(LlmError::AllFailed),
            HubError::Models(LlmError::BudgetExhausted),
            HubError::Models(LlmError::Deadline),
            HubError::DeadlineExceeded(Duration::from_secs(27)),
            HubError::QueryFailed("gave up after 3 attempts".to_owned()),
            HubError::DocumentFailed("it was given up after 3 tries".to_owned()),
            HubError::Internal(Box::new(cause())),
        ];
        let problems: Vec<Problem> = failures
            .iter()
            .map(|failure| Problem::new(failure, "/queries", "r-1"))
            .collect();
        insta::assert_json_snapshot!(problems);
        assert!(
            !serde_json::to_string(&problems).unwrap().contains("secret"),
            "a cause is in the response"
        );
    }
}
