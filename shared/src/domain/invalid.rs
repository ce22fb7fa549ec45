//! What is wrong with an input: every fault at once, each with a pointer to its place.

use serde::{Deserialize, Serialize};

/// One fault of an input. `pointer` is a JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// Where: `/documents/3/title`, `?limit`; empty for the whole input.
    pub pointer: String,
    /// What, in words for the caller; never the offending value itself.
    pub detail: String,
}

/// Everything that is wrong with one input; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", in_words(.errors))]
pub struct InvalidInput {
    /// True when the input has not the shape asked for (400); false when the shape is right and a value impossible (422).
    pub malformed: bool,
    /// The faults, in the order of the input.
    pub errors: Vec<FieldError>,
}

impl InvalidInput {
    /// One fault of shape: wrong type, unknown field, not JSON, an unreadable parameter.
    pub fn malformed(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            malformed: true,
            errors: vec![FieldError {
                pointer: pointer.into(),
                detail: detail.into(),
            }],
        }
    }

    /// One impossible value in an input of the right shape.
    pub fn impossible(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            malformed: false,
            errors: vec![FieldError {
                pointer: pointer.into(),
                detail: detail.into(),
            }],
        }
    }

    /// Both together; malformed wins.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.malformed |= other.malformed;
        self.errors.extend(other.errors);
        self
    }
}

/// The first faults in one line; all of them are in `errors`.
fn in_words(errors: &[FieldError]) -> String {
    let words = |error: &FieldError| match error.pointer.as_str() {
        "" => error.detail.clone(),
        pointer => format!("`{pointer}` {}", error.detail),
    };
    let first = errors.iter().take(3).map(words).collect::<Vec<_>>().join("; ");
    if errors.len() > 3 {
        format!("{first}; and {} more", errors.len() - 3)
    } else {
        first
    }
}
