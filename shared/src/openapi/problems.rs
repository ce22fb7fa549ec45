//! Failures: one response for each status, with the problem that it is told by.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use crate::{
    domain::InvalidInput,
    error::HubError,
    http::Problem,
    ports::{LlmError, StoreError},
};

/// Every status of a failure under the name that operations refer to it by.
pub(super) fn responses(schemas: &mut Schemas) -> Map<String, Value> {
    let schema = schemas.written::<Problem>();
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
    kinds().into_iter().map(response).collect()
}

/// Statuses with what they mean and a failure that has them. The gateway's own have none here.
fn kinds() -> [(u16, &'static str, Option<HubError>); 14] {
    let store = || StoreError::Conflict;
    [
        (
            400,
            "The input has not the shape that is asked for.",
            Some(InvalidInput::malformed("/query", "is required").into()),
        ),
        (
            402,
            "The budget for models is used up, and quoting without one was refused.",
            Some(LlmError::BudgetExhausted.into()),
        ),
        (403, "The signature does not allow this.", None),
        (
            404,
            "There is nothing of this id, or it is somebody else's.",
            Some(HubError::NotFound("query")),
        ),
        (
            409,
            "Something else is being done to the same thing.",
            Some(HubError::Running("query")),
        ),
        (
            412,
            "It has changed since it was read.",
            Some(HubError::Outdated("query")),
        ),
        (
            413,
            "The request is larger than what is taken.",
            Some(HubError::TooLarge {
                limit_bytes: 6 * 1024 * 1024,
            }),
        ),
        (
            415,
            "The body is of a media type that is not taken here.",
            Some(HubError::UnsupportedMediaType("application/json")),
        ),
        (
            422,
            "The input has the right shape and impossible values.",
            Some(InvalidInput::impossible("/query", "must not be empty or blank").into()),
        ),
        (429, "More requests arrived at once than are let through.", None),
        (
            500,
            "A fault of the service.",
            Some(HubError::Internal(Box::new(store()))),
        ),
        (
            502,
            "No model answered and quoting without one was refused, or the function ended without a response.",
            Some(LlmError::AllFailed.into()),
        ),
        (
            503,
            "The store cannot be reached.",
            Some(HubError::Store(store())),
        ),
        (
            504,
            "There was nothing to show in time.",
            Some(HubError::DeadlineExceeded(Duration::from_secs(27))),
        ),
    ]
}
