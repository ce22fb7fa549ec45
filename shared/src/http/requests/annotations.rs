//! `PUT /queries/{id}` and `POST /queries/{id}/feedback`: annotations of an answer, and feedback on it.

use deserr::Deserr;
use jiff::Timestamp;
use lambda_http::Request;
use serde_json::{Map, Value};

use crate::{
    domain::{Annotations, Feedback, InvalidInput, QueryId, Rating},
    error::HubError,
    http::input,
};

/// Your own data on an answer. It replaces all earlier annotations; omitted fields become empty.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AnnotationsRequest", deny_unknown_fields)
)]
pub(crate) struct AnnotationsBody {
    /// Short labels.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = Annotations::MAX_TAGS), inner(length(min = 1, max = Annotations::MAX_TAG_LENGTH), regex(pattern = crate::domain::NOT_BLANK))))]
    tags: Option<Vec<String>>,
    /// Free text. Blank text counts as none.
    #[deserr(default)]
    notes: Option<String>,
    /// Any JSON object. Stored, not interpreted.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Map<String, Value>>"))]
    #[deserr(default, try_from(Option<Value>) = object -> InvalidInput)]
    metadata: Map<String, Value>,
}

fn object(value: Option<Value>) -> Result<Map<String, Value>, InvalidInput> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(InvalidInput::malformed("", "must be an object")),
    }
}

/// Parses the annotations of an answer; omitted fields are empty.
///
/// # Errors
/// Every fault of the body.
pub fn annotations(request: &Request) -> Result<Annotations, HubError> {
    let body: AnnotationsBody = input::json(request)?;
    let tags = body.tags.unwrap_or_default();
    Ok(Annotations::parse(tags, body.notes, body.metadata)?)
}

/// Feedback on an answer. It replaces earlier feedback.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "FeedbackRequest", deny_unknown_fields)
)]
pub(crate) struct FeedbackBody {
    /// From 1 (useless) to 5 (exactly right).
    #[deserr(try_from(u64) = Rating::parse -> InvalidInput)]
    rating: Rating,
    /// The reason for the rating.
    #[deserr(default, try_from(Option<String>) = Feedback::parse_comment -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = Feedback::MAX_COMMENT), regex(pattern = crate::domain::NOT_BLANK)))]
    comment: Option<String>,
}

/// Parses the feedback on an answer.
///
/// # Errors
/// Every fault of the body.
pub fn feedback(request: &Request, query_id: QueryId) -> Result<Feedback, HubError> {
    let FeedbackBody { rating, comment } = input::json(request)?;
    Ok(Feedback {
        query_id,
        rating,
        comment,
        created_at: Timestamp::now(),
    })
}
