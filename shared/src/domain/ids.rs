//! Ids of users, libraries, documents and questions.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::invalid::InvalidInput;

/// Id of a caller, as the authorizer reports it. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(String);

impl UserId {
    /// The user of a deployment without authentication, such as a local one.
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }

    /// Creates an id; an empty name yields the anonymous user.
    pub fn new(name: &str) -> Self {
        if name.is_empty() {
            Self::anonymous()
        } else {
            Self(name.to_owned())
        }
    }

    /// The id as the authorizer reported it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Name of a library: a set of documents that are searched together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LibraryId(String);

impl LibraryId {
    /// Maximum length, in characters.
    pub const MAX: usize = 64;
    /// Regular expression of valid names.
    pub const PATTERN: &str = "^[A-Za-z0-9._-]{1,64}$";

    /// Parses a name: 1 to 64 ASCII letters, digits, `.`, `_` or `-`.
    ///
    /// # Errors
    /// If the name breaks one of these rules.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if (1..=Self::MAX).contains(&name.len()) && name.chars().all(allowed) {
            return Ok(Self(name.to_owned()));
        }
        Err(InvalidInput::invalid_value(
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

/// Id of a document in its library, chosen by the caller or derived from the document's URL or content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(String);

impl DocumentId {
    /// Maximum length, in bytes: the id is part of DynamoDB keys, whose length is limited in bytes.
    pub const MAX_BYTES: usize = 256;
    /// Regular expression of valid ids, without the limit on their length.
    pub const PATTERN: &str = concat!(
        r"^[^\u0000-\u001f\u007f-\u009f]*",
        r"[^\u0000-\u001f\u007f-\u009f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000.]",
        r"[^\u0000-\u001f\u007f-\u009f]*$"
    );

    /// Parses an id: 1 to 256 bytes without control characters, and not only blanks and dots, because URL paths cannot
    /// contain `.` and `..` as segments.
    ///
    /// # Errors
    /// If the id breaks one of these rules.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        let nameable = !name.chars().all(|c| c == '.' || c.is_whitespace());
        if nameable && name.len() <= Self::MAX_BYTES && !name.chars().any(char::is_control) {
            return Ok(Self(name.to_owned()));
        }
        let detail = "must be 1 to 256 bytes, not only blanks and dots, and without control characters";
        Err(InvalidInput::invalid_value("", detail))
    }

    /// The id of a text that is supplied in a request, by its position, from 1.
    pub(super) fn supplied(number: usize) -> Self {
        Self(format!("given-{number}"))
    }

    /// The id.
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

/// Id of a question: a ULID, so that ids sort by the time of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryId(Ulid);

impl QueryId {
    /// Regular expression of a ULID in canonical form: Crockford's base 32, at most 128 bits.
    pub const PATTERN: &str = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$";

    /// Generates an id for a question asked now.
    pub fn generate() -> Self {
        Self(Ulid::generate())
    }

    /// Generates an id for a question asked at `time`. The id contains the millisecond, which lists filter by.
    pub fn generated_at(time: Timestamp) -> Self {
        let since_epoch = Duration::from_millis(time.as_millisecond().max(0) as u64);
        Self(Ulid::from_datetime(SystemTime::UNIX_EPOCH + since_epoch))
    }

    /// The smallest id of a millisecond since the epoch, for time ranges.
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
        // The decoder also accepts lower case and look-alikes; ids must be canonical.
        match Ulid::from_string(text) {
            Ok(id) if id.to_string() == text => Ok(Self(id)),
            _ => Err(InvalidInput::invalid_value("", "is not a query id (a ULID)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_contains_the_millisecond_of_its_question() {
        let time = Timestamp::from_nanosecond(1_769_860_800_123_999_999).unwrap();
        let (id, next) = (QueryId::generated_at(time), QueryId::first_at(1_769_860_800_124));
        assert!((QueryId::first_at(1_769_860_800_123)..next).contains(&id), "{id}");
    }
}
