//! Validation errors: all faults of an input, each with a pointer to its location.

use serde::{Deserialize, Serialize};

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// Location: a JSON pointer (RFC 6901) into the body such as `/documents/3/title`, or a query parameter such as
    /// `?limit`; empty for the whole input.
    pub pointer: String,
    /// Explanation in English. Never contains the offending value.
    pub detail: String,
}

/// All faults of one input; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", summary(.errors))]
pub struct InvalidInput {
    /// Whether the input is malformed (400). Otherwise its shape is right and a value is invalid (422).
    pub malformed: bool,
    /// The faults, in input order.
    pub errors: Vec<FieldError>,
}

impl InvalidInput {
    /// Creates an error for malformed input: wrong type, unknown field, invalid JSON or unparsable parameter.
    pub fn malformed(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            malformed: true,
            errors: vec![FieldError {
                pointer: pointer.into(),
                detail: detail.into(),
            }],
        }
    }

    /// Creates an error for an invalid value in well-formed input.
    pub fn invalid_value(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            malformed: false,
            errors: vec![FieldError {
                pointer: pointer.into(),
                detail: detail.into(),
            }],
        }
    }

    /// Combines the faults of both. The result is malformed if either is.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.malformed |= other.malformed;
        self.errors.extend(other.errors);
        self
    }
}

/// Summarizes the first three faults in one line.
fn summary(errors: &[FieldError]) -> String {
    let describe = |error: &FieldError| match error.pointer.as_str() {
        "" => error.detail.clone(),
        pointer => format!("`{pointer}` {}", error.detail),
    };
    let first = errors.iter().take(3).map(describe).collect::<Vec<_>>().join("; ");
    if errors.len() > 3 {
        format!("{first}; and {} more", errors.len() - 3)
    } else {
        first
    }
}
