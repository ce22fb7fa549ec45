//! Answers in the queries table: one row each.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::{put_item::builders::PutItemFluentBuilder, update_item::builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnConsumedCapacity},
};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Client, annotations, capacity,
    error::failed,
    key::{self, ANSWER_PREFIX, Key},
    query,
    rows::{Item, SCHEMA, n, number, s, string},
};
use crate::{
    domain::{Answer, AnswerSummary, QueryId, QueryStatus, Status, UserId},
    ports::{AnswerFilter, ListAnswers, Page, ReadAnswers, RecordAnswers, StoreError, StoredAnswer},
};

/// Bytes of an answer that one row holds; what is longer goes into parts that are written before the row. DynamoDB's
/// limit is 400 KB.
const PART_BYTES: usize = 300 * 1024;
/// The attribute that counts the changes of a row; absent before the first one.
pub(super) const REVISION: &str = "revision";
/// The index by user and status.
const BY_STATUS: &str = "by_status";

/// The queries table.
#[derive(Debug, Clone)]
pub struct Answers {
    pub(super) client: Client,
    pub(super) table: String,
}

impl Answers {
    /// Over this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    fn putting(&self, item: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Writes a row in the place of the one before.
    pub(super) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let output = self.putting(item).send().await.map_err(failed("PutItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    pub(super) async fn put_new(&self, item: Item) -> Result<(), StoreError> {
        let put = self
            .putting(item)
            .condition_expression("attribute_not_exists(pk)");
        let output = put.send().await.map_err(failed("PutItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn put_parts_then_row(&self, rows: Rows) -> Result<(), StoreError> {
        try_join_all(rows.parts.into_iter().map(|part| self.put_new(part))).await?;
        self.put_new(rows.row).await
    }

    pub(super) fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// A row by its key, read consistently.
    pub(super) async fn row(&self, Key { pk, sk }: Key) -> Result<Option<Item>, StoreError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk = :sk")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":sk", s(sk))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("Query"))?;
        capacity::read(output.consumed_capacity());
        Ok(output.items.unwrap_or_default().into_iter().next())
    }

    /// The row of a question. One without a status is being deleted.
    async fn question(&self, user: &UserId, id: QueryId) -> Result<Option<Item>, StoreError> {
        let row = self.row(Key::answer(user, id)).await?;
        Ok(row.filter(|row| row.contains_key("status")))
    }

    async fn read(&self, user: &UserId, row: &Item) -> Result<Answer, StoreError> {
        let missing = || unreadable("an attribute is missing".to_owned());
        let mut json = string(row, "answer").ok_or_else(missing)?.to_owned();
        if let Some(parts) = number(row, "parts").filter(|&parts| parts > 0) {
            let prefix = format!(
                "{}#P#{:04}#",
                string(row, "sk").ok_or_else(missing)?,
                version(row)
            );
            let output = query::rows(&self.client, &self.table, &key::user_pk(user), &prefix).await?;
            if output.len() as u64 != parts {
                return Err(unreadable("a part is missing".to_owned()));
            }
            for part in &output {
                json.push_str(string(part, "answer").ok_or_else(missing)?);
            }
        }
        let answer = from_json(&json)?;
        // The row of a question that waits goes on while its answer does not.
        Ok(Answer {
            status: status(row)?,
            ..answer
        })
    }
}

pub(super) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn unreadable(reason: String) -> StoreError {
    StoreError::Corrupt {
        row: "answer",
        reason,
    }
}

/// What lists show, which the row and its index carry beside the answer.
fn summary(row: &Item) -> Result<AnswerSummary, StoreError> {
    let json = string(row, "summary").ok_or_else(|| unreadable("it has no summary".to_owned()))?;
    Ok(AnswerSummary {
        status: status(row)?,
        ..from_json(json)?
    })
}

/// The status of a question; of one that nobody is at work on any more, and nobody will take again, that it failed.
fn status(row: &Item) -> Result<Status, StoreError> {
    let status = string(row, "status").and_then(Status::parse);
    let status = status.ok_or_else(|| unreadable("its status is none".to_owned()))?;
    Ok(if is_abandoned(row, status) {
        Status::Failed
    } else {
        status
    })
}

fn is_abandoned(row: &Item, status: Status) -> bool {
    let now = Timestamp::now().as_millisecond().unsigned_abs();
    let over = number(row, "lease_ms").is_some_and(|lease| lease < now);
    status == Status::Processing && over && !row.contains_key("asked")
}

/// The rows of one answer.
pub(super) struct Rows {
    pub(super) parts: Vec<Item>,
    pub(super) row: Item,
}

/// How often a question has been answered.
fn version(row: &Item) -> u64 {
    number(row, "version").unwrap_or(1)
}

pub(super) fn rows(user: &UserId, answer: &Answer) -> Result<Rows, StoreError> {
    rows_of_version(user, answer, 1)
}

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

pub(super) fn status_pk(user: &UserId, status: Status) -> String {
    format!("{}#{}", key::user_pk(user), status.as_str())
}

/// Cuts at character boundaries into pieces of at most [`PART_BYTES`].
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

#[async_trait]
impl RecordAnswers for Answers {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let rows = rows(user, answer)?;
        let (stored, counted) = tokio::join!(self.put_parts_then_row(rows), self.count_usage(user, answer));
        stored.and(counted)
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        // Names and values in bytes. The index holds what lists show; the day's usage is one unit more.
        let size =
            |(name, value): (&String, &AttributeValue)| name.len() + value.as_s().map_or(4, String::len);
        let units = |bytes: usize| bytes.div_ceil(1024) as f64;
        rows(user, answer).map_or(0.0, |rows| {
            let row = units(rows.row.iter().map(size).sum());
            let parts: f64 = rows
                .parts
                .iter()
                .map(|part| units(part.iter().map(size).sum()))
                .sum();
            let listed = rows
                .row
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "answer" | "parts" | "schema"));
            row + parts + units(listed.map(size).sum()) + 1.0
        })
    }
}

#[async_trait]
impl ReadAnswers for Answers {
    async fn get(&self, user: &UserId, id: QueryId) -> Result<Option<StoredAnswer>, StoreError> {
        let Some(row) = self.question(user, id).await? else {
            return Ok(None);
        };
        let answer = self.read(user, &row).await?;
        let answer = match annotations::of(&row)? {
            Some(annotations) => answer.annotated(annotations),
            None => answer,
        };
        Ok(Some(StoredAnswer {
            answer,
            revision: revision(&row),
            version: version(&row),
        }))
    }

    async fn query_status(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError> {
        let row = self.question(user, id).await?;
        row.map(|row| query_status(id, &row)).transpose()
    }
}

/// How often what is kept was changed.
pub(super) fn revision(row: &Item) -> u64 {
    number(row, REVISION).unwrap_or(0)
}

fn query_status(query_id: QueryId, row: &Item) -> Result<QueryStatus, StoreError> {
    let status = status(row)?;
    let begun = || row.get("progress")?.as_n().ok()?.parse().ok();
    let text = |name| string(row, name).map(str::to_owned);
    let abandoned = status == Status::Failed && row.contains_key("lease_ms");
    let abandoned = abandoned.then(|| "whoever answered it died before it was done".to_owned());
    Ok(QueryStatus {
        query_id,
        status,
        progress: if status.is_running() {
            begun().unwrap_or(0.0)
        } else {
            1.0
        },
        current_step: text("current_step").filter(|_| status.is_running()),
        error: text("error").or(abandoned),
    })
}

#[async_trait]
impl ListAnswers for Answers {
    async fn list(
        &self,
        user: &UserId,
        filter: AnswerFilter,
        before: Option<QueryId>,
        limit: usize,
    ) -> Result<Page<AnswerSummary>, StoreError> {
        let by_status = filter.status.map(|status| status_pk(user, status));
        let (pk_name, sk_name, prefix) = match by_status {
            Some(_) => ("status_pk", "status_sk", ""),
            None => ("pk", "sk", ANSWER_PREFIX),
        };
        let first = filter.from.map_or(String::new(), |at| first_id(at).to_string());
        // `~` sorts after every digit and letter of a ULID.
        let end = match (before, filter.to.map(first_id)) {
            (Some(before), Some(to)) => before.min(to).to_string(),
            (Some(one), None) | (None, Some(one)) => one.to_string(),
            (None, None) => "~".to_owned(),
        };
        let mut found: Vec<Item> = Vec::new();
        let mut from = None;
        // Parts of long answers stand between the rows; one row more than asked for tells whether another page follows.
        while found.len() <= limit {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .set_index_name(by_status.as_ref().map(|_| BY_STATUS.to_owned()))
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :end")
                .expression_attribute_names("#pk", pk_name)
                .expression_attribute_names("#sk", sk_name)
                .expression_attribute_values(
                    ":pk",
                    s(by_status.clone().unwrap_or_else(|| key::user_pk(user))),
                )
                .expression_attribute_values(":first", s(format!("{prefix}{first}")))
                .expression_attribute_values(":end", s(format!("{prefix}{end}")))
                .scan_index_forward(false)
                .limit((limit + 2 - found.len()) as i32)
                .set_exclusive_start_key(from)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(failed("Query"))?;
            capacity::read(output.consumed_capacity());
            let rows = output.items.unwrap_or_default().into_iter();
            let end = format!("{prefix}{end}");
            found.extend(rows.filter(|row| row.contains_key("status") && string(row, sk_name) != Some(&end)));
            from = output.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let items = found.iter().map(summary).collect::<Result<_, _>>()?;
        Ok(Page { items, more })
    }
}

fn first_id(at: Timestamp) -> QueryId {
    QueryId::first_at(at.as_millisecond().max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        let json = "漢".repeat(PART_BYTES);
        let pieces = pieces(&json);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().all(|piece| piece.len() <= PART_BYTES));
        assert_eq!(pieces.concat(), json);
    }
}
