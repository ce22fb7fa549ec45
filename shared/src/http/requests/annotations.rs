//! `PUT /queries/{id}`, `POST /queries/{id}/feedback`.

use deserr::Deserr;
use jiff::Timestamp;
use lambda_http::Request;
use serde_json::{Map, Value};

use super::super::input;
use crate::{
    domain::{Annotations, Feedback, InvalidInput, QueryId, Rating},
    error::HubError,
};

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AnnotationsRequest", deny_unknown_fields)
)]
pub(crate) struct AnnotationsBody {
    /// Short words to find it by.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(length(max = Annotations::MAX_TAGS), inner(length(min = 1, max = Annotations::MAX_TAG), regex(pattern = crate::domain::NOT_BLANK))))]
    tags: Option<Vec<String>>,
    /// Free text; blank is none.
    #[deserr(default)]
    notes: Option<String>,
    /// Anything else.
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

/// Reads what is to be kept with an answer. What is left out is empty.
///
/// # Errors
/// Every fault of the body.
pub fn annotations(request: &Request) -> Result<Annotations, HubError> {
    let body: AnnotationsBody = input::json(request)?;
    let tags = body.tags.unwrap_or_default();
    Ok(Annotations::parse(tags, body.notes, body.metadata)?)
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "FeedbackRequest", deny_unknown_fields)
)]
pub(crate) struct FeedbackBody {
    /// 1, of no use, to 5, just right.
    #[deserr(try_from(u64) = Rating::parse -> InvalidInput)]
    rating: Rating,
    /// Why.
    #[deserr(default, try_from(Option<String>) = Feedback::comment -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = Feedback::MAX_COMMENT), regex(pattern = crate::domain::NOT_BLANK)))]
    comment: Option<String>,
}

/// Reads what is said about an answer.
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
