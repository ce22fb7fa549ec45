//! JSON bodies parsed to typed input. All faults are reported at once, each with a JSON pointer (RFC 6901).

use std::ops::ControlFlow;

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use lambda_http::{Body, Request, http::header::CONTENT_TYPE};

use super::strict_json::StrictJson;
use crate::{domain::InvalidInput, error::HubError};

/// The media type of `Content-Type` without its parameters, in lower case; empty without the header.
pub(super) fn media_type(request: &Request) -> String {
    let header = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    header
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The body; empty if the request has no body.
pub(super) fn bytes(request: &Request) -> &[u8] {
    match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// The body as text; empty when there is none.
///
/// # Errors
/// When it is not UTF-8.
pub(super) fn text(request: &Request) -> Result<&str, InvalidInput> {
    match request.body() {
        Body::Text(text) => Ok(text),
        Body::Binary(bytes) => {
            std::str::from_utf8(bytes).map_err(|_| InvalidInput::malformed("", "the body is not UTF-8"))
        }
        _ => Ok(""),
    }
}

/// Parses a JSON body.
///
/// # Errors
/// [`HubError::UnsupportedMediaType`] when it is not `application/json`; else every fault of the body.
pub(super) fn json<T: Deserr<InvalidInput>>(request: &Request) -> Result<T, HubError> {
    if media_type(request) != "application/json" {
        return Err(HubError::UnsupportedMediaType("application/json"));
    }
    Ok(parse(text(request)?)?)
}

/// Parses JSON text.
///
/// # Errors
/// When it is not JSON or repeats a key; else every fault of its fields.
pub(super) fn parse<T: Deserr<InvalidInput>>(text: &str) -> Result<T, InvalidInput> {
    let StrictJson(value) = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let detail = match error.classify() {
            serde_json::error::Category::Eof => format!("the body is incomplete JSON: it ends at {place}"),
            serde_json::error::Category::Data => {
                format!("the body repeats a key in an object: at {place}")
            }
            _ => format!("the body is not valid JSON: error at {place}"),
        };
        InvalidInput::malformed("", detail)
    })?;
    deserr::deserialize(value)
}

/// The JSON pointer to a value.
fn pointer(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } => {
            format!("{}/{}", pointer(*prev), key.replace('~', "~0").replace('/', "~1"))
        }
        ValuePointerRef::Index { index, prev } => format!("{}/{index}", pointer(*prev)),
    }
}

/// The name of a JSON type in error texts.
fn kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer => "a whole number",
        ValueKind::NegativeInteger => "a negative number",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "an array",
        ValueKind::Map => "an object",
    }
}

fn join(before: Option<InvalidInput>, error: InvalidInput) -> ControlFlow<InvalidInput, InvalidInput> {
    ControlFlow::Continue(match before {
        Some(before) => before.and(error),
        None => error,
    })
}

impl DeserializeError for InvalidInput {
    fn error<V: IntoValue>(
        before: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let here = pointer(location);
        let error = match error {
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                // Number types list several accepted kinds; the last is the widest.
                let expected = accepted.last().copied().map_or("something else", kind);
                let found = match (expected, actual.kind()) {
                    ("a whole number", ValueKind::Float) => "a fraction or one too large",
                    (_, found) => kind(found),
                };
                Self::malformed(here, format!("must be {expected}, not {found}"))
            }
            ErrorKind::MissingField { field } => Self::malformed(format!("{here}/{field}"), "is required"),
            ErrorKind::UnknownKey { key, accepted } => {
                let known = accepted.join("`, `");
                let detail = if known.is_empty() {
                    "is not a known field".to_owned()
                } else {
                    format!("is not a known field; the fields are `{known}`")
                };
                Self::malformed(
                    format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")),
                    detail,
                )
            }
            ErrorKind::UnknownValue { accepted, .. } => {
                Self::invalid_value(here, format!("must be one of `{}`", accepted.join("`, `")))
            }
            ErrorKind::BadSequenceLen { expected, .. } => {
                Self::invalid_value(here, format!("must have {expected} items"))
            }
            ErrorKind::Unexpected { msg } => Self::malformed(here, msg),
        };
        join(before, error)
    }
}

/// Faults found while parsing a value: one without a pointer points at the value.
impl MergeWithError<InvalidInput> for InvalidInput {
    fn merge(before: Option<Self>, error: Self, location: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let here = pointer(location);
        let errors = error.errors.into_iter().map(|mut fault| {
            if fault.pointer.is_empty() {
                fault.pointer.clone_from(&here);
            }
            fault
        });
        join(
            before,
            Self {
                malformed: error.malformed,
                errors: errors.collect(),
            },
        )
    }
}
