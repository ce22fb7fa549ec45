//! Feedback on answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ids::QueryId, invalid::InvalidInput, text::not_blank_within};

/// Rating of an answer, from 1 (useless) to 5 (excellent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rating(u8);

impl Rating {
    /// Lowest rating.
    pub const MIN: u8 = 1;
    /// Highest rating.
    pub const MAX: u8 = 5;

    /// Parses a rating.
    ///
    /// # Errors
    /// If it is out of range.
    pub fn parse(rating: u64) -> Result<Self, InvalidInput> {
        match u8::try_from(rating) {
            Ok(rating @ Self::MIN..=Self::MAX) => Ok(Self(rating)),
            _ => Err(InvalidInput::invalid_value("", "must be 1 to 5")),
        }
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// Feedback on an answer. Later feedback replaces earlier feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// Id of the question, a ULID.
    pub query_id: QueryId,
    /// Rating, from 1 (useless) to 5 (excellent).
    pub rating: Rating,
    /// Comment, up to 4,000 code points.
    pub comment: Option<String>,
    /// When the feedback was given.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
}

impl Feedback {
    /// Maximum length of a comment, in code points.
    pub const MAX_COMMENT: usize = 4_000;

    /// Parses a comment. It is kept as is.
    ///
    /// # Errors
    /// If it is blank or too long.
    pub fn parse_comment(comment: Option<String>) -> Result<Option<String>, InvalidInput> {
        if let Some(comment) = &comment {
            not_blank_within(comment, Self::MAX_COMMENT)?;
        }
        Ok(comment)
    }
}
