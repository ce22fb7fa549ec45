//! How useful an answer was to its caller.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{InvalidInput, QueryId, not_blank_within};

/// 1, of no use, to 5, just right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rating(u8);

impl Rating {
    /// Of no use.
    pub const MIN: u8 = 1;
    /// Just right.
    pub const MAX: u8 = 5;

    /// # Errors
    /// When out of range.
    pub fn parse(rating: u64) -> Result<Self, InvalidInput> {
        match u8::try_from(rating) {
            Ok(rating @ Self::MIN..=Self::MAX) => Ok(Self(rating)),
            _ => Err(InvalidInput::impossible("", "must be 1 to 5")),
        }
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// What a caller says about an answer. The last word counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// The answer.
    pub query_id: QueryId,
    /// How useful it was.
    pub rating: Rating,
    /// Why.
    pub comment: Option<String>,
    /// When it was said.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
}

impl Feedback {
    /// The longest comment, in code points.
    pub const MAX_COMMENT: usize = 4_000;

    /// Takes a comment as it is.
    ///
    /// # Errors
    /// When it is blank or too long.
    pub fn comment(comment: Option<String>) -> Result<Option<String>, InvalidInput> {
        if let Some(comment) = &comment {
            not_blank_within(comment, Self::MAX_COMMENT)?;
        }
        Ok(comment)
    }
}
