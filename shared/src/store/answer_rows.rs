//! Row format of answers: encoding and decoding.
//!
//! An answer is stored as JSON in one row, with a summary for lists. JSON that is longer than [`PART_BYTES`] continues in
//! further rows, its parts, which are written before the row itself.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    key::{self, Key},
    rows::{Item, SCHEMA, n, number, s, string},
};
use crate::{
    domain::{Annotations, Answer, AnswerSummary, QueryId, QueryStatus, Status, UserId},
    ports::StoreError,
};

/// Maximum length of the JSON in one row, in bytes. DynamoDB's limit is 400 KB per item.
const PART_BYTES: usize = 300 * 1024;
/// Write units of counting an answer: a transaction of one small row.
pub(super) const USAGE_UNITS: f64 = 2.0;
/// Size of the attribute that tells whose row it is.
const TOKEN_BYTES: usize = 36;
/// Attribute that counts the changes of a row; absent before the first one.
pub(super) const REVISION: &str = "revision";

/// Decodes JSON of a row.
pub(super) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))
}

/// Encodes a value as JSON of a row.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable(error.to_string()))
}

/// Creates the error of a row that cannot be encoded or decoded.
pub(super) fn unreadable(reason: String) -> StoreError {
    StoreError::Corrupt {
        row: "answer",
        reason,
    }
}

/// Decodes the list entry, which the row and the index hold beside the answer.
pub(super) fn summary(row: &Item) -> Result<AnswerSummary, StoreError> {
    let json = string(row, "summary").ok_or_else(|| unreadable("it has no summary".to_owned()))?;
    Ok(AnswerSummary {
        status: status(row)?,
        ..from_json(json)?
    })
}

/// Decodes the status of a question. One whose worker died and that will not be retried counts as failed.
pub(super) fn status(row: &Item) -> Result<Status, StoreError> {
    let status = string(row, "status").and_then(Status::parse);
    let status = status.ok_or_else(|| unreadable("its status is missing or unknown".to_owned()))?;
    Ok(if is_abandoned(row, status) {
        Status::Failed
    } else {
        status
    })
}

/// Whether the lease expired on a question that is not queued: its caller answered it and died, so nobody will retry.
fn is_abandoned(row: &Item, status: Status) -> bool {
    let now = Timestamp::now().as_millisecond().unsigned_abs();
    let expired = number(row, "lease_ms").is_some_and(|lease| lease < now);
    status == Status::Processing && expired && !row.contains_key("asked")
}

/// The rows of one answer: the main row and its further parts.
pub(super) struct Rows {
    pub(super) parts: Vec<Item>,
    pub(super) row: Item,
}

/// How many times a question has been answered.
pub(super) fn version(row: &Item) -> u64 {
    number(row, "version").unwrap_or(1)
}

/// Encodes the first version of an answer.
pub(super) fn rows(user: &UserId, answer: &Answer) -> Result<Rows, StoreError> {
    rows_of_version(user, answer, 1)
}

/// Encodes a version of an answer.
pub(super) fn rows_of_version(user: &UserId, answer: &Answer, version: u64) -> Result<Rows, StoreError> {
    let json = to_json(answer)?;
    let mut pieces = pieces(&json).into_iter();
    let mut row = Key::answer(user, answer.query_id).attributes();
    row.insert("answer".into(), s(pieces.next().unwrap_or_default()));
    let parts: Vec<Item> = (1..)
        .zip(pieces)
        .map(|(number, piece)| {
            let mut part = Key::answer_part(user, answer.query_id, version, number).attributes();
            part.insert("answer".into(), s(piece));
            part
        })
        .collect();
    row.insert("parts".into(), n(parts.len()));
    row.insert("summary".into(), s(to_json(&AnswerSummary::from(answer))?));
    row.insert("schema".into(), n(SCHEMA));
    row.insert("status".into(), s(answer.status.as_str()));
    row.insert("status_pk".into(), s(status_pk(user, answer.status)));
    row.insert("status_sk".into(), s(answer.query_id.to_string()));
    Ok(Rows { parts, row })
}

/// Estimates the write units of the rows of an answer, those of the index included.
pub(super) fn row_units(user: &UserId, answer: &Answer) -> f64 {
    // Item size is the length of names and values. The index holds the list attributes.
    let size = |(name, value): (&String, &AttributeValue)| name.len() + value.as_s().map_or(4, String::len);
    let units = |bytes: usize| bytes.div_ceil(1024) as f64;
    rows(user, answer).map_or(0.0, |rows| {
        let row = units(rows.row.iter().map(size).sum::<usize>() + TOKEN_BYTES);
        let parts: f64 = rows
            .parts
            .iter()
            .map(|part| units(part.iter().map(size).sum()))
            .sum();
        let listed = rows
            .row
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "answer" | "parts" | "schema"));
        row + parts + units(listed.map(size).sum())
    })
}

/// Partition key of the index `by_status`.
pub(super) fn status_pk(user: &UserId, status: Status) -> String {
    format!("{}#{}", key::user_pk(user), status.as_str())
}

/// Splits JSON at character boundaries into pieces of at most [`PART_BYTES`].
pub(super) fn pieces(json: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = json;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PART_BYTES));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// The number of changes of a row.
pub(super) fn revision(row: &Item) -> u64 {
    number(row, REVISION).unwrap_or(0)
}

/// Decodes the annotations of an answer; `None` if it never had any.
pub(super) fn annotations(row: &Item) -> Result<Option<Annotations>, StoreError> {
    string(row, "annotations").map(from_json).transpose()
}

/// Decodes the status and progress of a question.
pub(super) fn query_status(query_id: QueryId, row: &Item) -> Result<QueryStatus, StoreError> {
    let status = status(row)?;
    let progress = || row.get("progress")?.as_n().ok()?.parse().ok();
    let text = |name| string(row, name).map(str::to_owned);
    let abandoned = status == Status::Failed && row.contains_key("lease_ms");
    let abandoned = abandoned.then(|| "the process that answered it died before it was done".to_owned());
    Ok(QueryStatus {
        query_id,
        status,
        progress: if status.is_running() {
            progress().unwrap_or(0.0)
        } else {
            1.0
        },
        current_step: text("current_step").filter(|_| status.is_running()),
        error: text("error").or(abandoned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_split_between_characters() {
        let json = "漢".repeat(PART_BYTES);
        let pieces = pieces(&json);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().all(|piece| piece.len() <= PART_BYTES));
        assert_eq!(pieces.concat(), json);
    }
}
