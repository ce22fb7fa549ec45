//! Names of things: who asks, which library, which document, which question.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::InvalidInput;

/// A caller, as the authorizer names them. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(String);

impl UserId {
    /// Whoever calls where nobody is asked to sign in, such as on a laptop.
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }

    /// Names a caller; an empty name is the anonymous one.
    pub fn new(name: &str) -> Self {
        if name.is_empty() {
            Self::anonymous()
        } else {
            Self(name.to_owned())
        }
    }

    /// The name as the authorizer gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A named set of documents that are searched together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LibraryId(String);

impl LibraryId {
    /// The longest name, in characters.
    pub const MAX: usize = 64;
    /// The same as a regular expression.
    pub const PATTERN: &str = "^[A-Za-z0-9._-]{1,64}$";

    /// 1 to 64 letters, digits, `.`, `_` or `-` of ASCII.
    ///
    /// # Errors
    /// Says which of these the name breaks.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if (1..=Self::MAX).contains(&name.len()) && name.chars().all(allowed) {
            return Ok(Self(name.to_owned()));
        }
        Err(InvalidInput::impossible(
            "",
            "must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`",
        ))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LibraryId {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

/// A document within its library: the caller's own name for it, or one derived from its address or content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(String);

impl DocumentId {
    /// The longest name, in bytes: it is a part of keys, whose length DynamoDB counts so.
    pub const MAX_BYTES: usize = 256;
    /// The same, but for the length, as a regular expression.
    pub const PATTERN: &str = concat!(
        r"^[^\u0000-\u001f\u007f-\u009f]*",
        r"[^\u0000-\u001f\u007f-\u009f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000.]",
        r"[^\u0000-\u001f\u007f-\u009f]*$"
    );

    /// 1 to 256 bytes without control characters, and not only blanks and dots: addresses cannot hold `.` and `..`.
    ///
    /// # Errors
    /// Says which of these the name breaks.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        let nameable = !name.chars().all(|c| c == '.' || c.is_whitespace());
        if nameable && name.len() <= Self::MAX_BYTES && !name.chars().any(char::is_control) {
            return Ok(Self(name.to_owned()));
        }
        let detail = "must be 1 to 256 bytes, not only blanks and dots, and without control characters";
        Err(InvalidInput::impossible("", detail))
    }

    /// The name of the text that a request gives in this place, from 1.
    pub(super) fn given(number: usize) -> Self {
        Self(format!("given-{number}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LibraryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One question that was asked: a ULID, so that ids sort by the time of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryId(Ulid);

impl QueryId {
    /// A ULID in its one spelling, as a regular expression: Crockford's base 32, at most 128 bits.
    pub const PATTERN: &str = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$";

    /// A new id for a question asked now.
    pub fn generate() -> Self {
        Self(Ulid::generate())
    }

    /// A new id for a question asked at `time`: the id holds its millisecond, by which lists are cut.
    pub fn generated_at(time: Timestamp) -> Self {
        let since_epoch = Duration::from_millis(time.as_millisecond().max(0) as u64);
        Self(Ulid::from_datetime(SystemTime::UNIX_EPOCH + since_epoch))
    }

    /// The smallest id of the millisecond `epoch_ms`, for ranges of time.
    pub fn first_at(epoch_ms: u64) -> Self {
        Self(Ulid::from_parts(epoch_ms, 0))
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for QueryId {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The decoder also takes lower case and look-alikes; an id has one spelling only.
        match Ulid::from_string(text) {
            Ok(id) if id.to_string() == text => Ok(Self(id)),
            _ => Err(InvalidInput::impossible("", "is not a query id (a ULID)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_the_millisecond_of_its_question() {
        let time = Timestamp::from_nanosecond(1_769_860_800_123_999_999).unwrap();
        let (id, next) = (QueryId::generated_at(time), QueryId::first_at(1_769_860_800_124));
        assert!((QueryId::first_at(1_769_860_800_123)..next).contains(&id), "{id}");
    }
}
