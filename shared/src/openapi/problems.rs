//! Problem responses: one for each failure status, with an example.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use crate::{
    domain::InvalidInput,
    error::HubError,
    http::Problem,
    ports::{LlmError, StoreError},
};

/// The problem responses by the names under which operations refer to them: `Problem` and the status.
pub(super) fn responses(schemas: &mut Schemas) -> Map<String, Value> {
    let schema = schemas.response::<Problem>();
    let response = |(status, description, example): (u16, &str, Option<HubError>)| {
        let mut content = json!({ "schema": schema });
        if let Some(error) = example {
            let problem = Problem::new(&error, "/queries", "6f1d2c3b-4a59-4e68-9b7c-0a1b2c3d4e0a");
            content["example"] = json!(problem);
        }
        let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } });
        if matches!(status, 429 | 503) {
            headers["Retry-After"] = json!({ "$ref": "#/components/headers/Retry-After" });
        }
        let content = json!({ "application/problem+json": content });
        let response = json!({ "description": description, "headers": headers, "content": content });
        (format!("Problem{status}"), response)
    };
    failures().into_iter().map(response).collect()
}

/// Failure statuses with their descriptions and example failures. Statuses of the gateway have no example.
fn failures() -> [(u16, &'static str, Option<HubError>); 15] {
    let store = || StoreError::Conflict;
    [
        (
            400,
            "The request is malformed: for example invalid JSON, an unknown field or a value of the wrong type.",
            Some(InvalidInput::malformed("/query", "is required").into()),
        ),
        (
            402,
            "The model budget is exhausted, and the request does not allow a quoted answer.",
            Some(LlmError::BudgetExhausted.into()),
        ),
        (403, "The credentials do not permit this request.", None),
        (
            404,
            "The resource does not exist or belongs to another user.",
            Some(HubError::NotFound("query")),
        ),
        (
            409,
            "The request conflicts with another request on the same resource.",
            Some(HubError::StillRunning("query")),
        ),
        (
            412,
            "The resource has changed: its `ETag` does not match `If-Match`.",
            Some(HubError::Outdated("query")),
        ),
        (
            413,
            "The request is too large.",
            Some(HubError::TooLarge {
                limit_bytes: 6 * 1024 * 1024,
            }),
        ),
        (
            415,
            "The media type of the body is not supported.",
            Some(HubError::UnsupportedMediaType("application/json")),
        ),
        (
            422,
            "The request is well-formed but has invalid values.",
            Some(InvalidInput::invalid_value("/query", "must not be empty or blank").into()),
        ),
        (
            429,
            "Too many requests. Retry after the time in `Retry-After`.",
            None,
        ),
        (
            431,
            "The request line and the headers are larger than 10,240 bytes.",
            None,
        ),
        (
            500,
            "Internal server error.",
            Some(HubError::Internal(Box::new(store()))),
        ),
        (
            502,
            "No model answered and the request does not allow a quoted answer, or the function ended without a response.",
            Some(LlmError::AllFailed.into()),
        ),
        (
            503,
            "The store is unavailable. Retry after the time in `Retry-After`.",
            Some(HubError::Store(store())),
        ),
        (
            504,
            "Gateway timeout: there was no result in time.",
            Some(HubError::DeadlineExceeded(Duration::from_secs(27))),
        ),
    ]
}
