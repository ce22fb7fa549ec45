//! The queries table: storing and reading answers.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    operation::{put_item::builders::PutItemFluentBuilder, update_item::builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnConsumedCapacity},
};
use futures::future::try_join_all;

use super::{
    answer_rows::{self, Rows, from_json, rows, unreadable},
    capacity,
    error::failed,
    key::{self, Key},
    query,
    rows::{Item, number, s, string},
};
use crate::{
    domain::{Answer, QueryId, QueryStatus, UserId},
    ports::{ReadAnswers, RecordAnswers, StoreError, StoredAnswer},
};

/// The queries table: answers with their versions, events, feedback, usage and cache entries.
#[derive(Debug, Clone)]
pub struct Answers {
    pub(super) client: Client,
    pub(super) table: String,
}

impl Answers {
    /// Creates an adapter for a table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// Starts a write of a row.
    fn put_request(&self, item: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Writes a row, replacing an existing one.
    pub(super) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let output = self.put_request(item).send().await.map_err(failed("PutItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    /// Writes a row. Fails with [`StoreError::Conflict`] if it exists.
    pub(super) async fn put_new(&self, item: Item) -> Result<(), StoreError> {
        let put = self
            .put_request(item)
            .condition_expression("attribute_not_exists(pk)");
        let output = put.send().await.map_err(failed("PutItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn put_parts_then_row(&self, rows: Rows) -> Result<(), StoreError> {
        try_join_all(rows.parts.into_iter().map(|part| self.put_new(part))).await?;
        self.put_new(rows.row).await
    }

    /// Starts an update of a row.
    pub(super) fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Reads a row, with a consistent read.
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

    /// Reads the row of a question. A row without a status is being deleted and counts as missing.
    async fn question(&self, user: &UserId, id: QueryId) -> Result<Option<Item>, StoreError> {
        let row = self.row(Key::answer(user, id)).await?;
        Ok(row.filter(|row| row.contains_key("status")))
    }

    /// Decodes the answer of a row, after reading its further parts.
    async fn read(&self, user: &UserId, row: &Item) -> Result<Answer, StoreError> {
        let missing = || unreadable("an attribute is missing".to_owned());
        let mut json = string(row, "answer").ok_or_else(missing)?.to_owned();
        if let Some(parts) = number(row, "parts").filter(|&parts| parts > 0) {
            let prefix = format!(
                "{}#P#{:04}#",
                string(row, "sk").ok_or_else(missing)?,
                answer_rows::version(row)
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
        // The status attribute of a queued question advances; the one inside its answer does not.
        Ok(Answer {
            status: answer_rows::status(row)?,
            ..answer
        })
    }
}

#[async_trait]
impl RecordAnswers for Answers {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let rows = rows(user, answer)?;
        let (stored, counted) = tokio::join!(self.put_parts_then_row(rows), self.count_usage(user, answer));
        stored.and(counted)
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        // Item size is the length of names and values. The index holds the list attributes; the update of the day's usage
        // is one more unit.
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
        let answer = match answer_rows::annotations(&row)? {
            Some(annotations) => answer.with_annotations(annotations),
            None => answer,
        };
        Ok(Some(StoredAnswer {
            answer,
            revision: answer_rows::revision(&row),
            version: answer_rows::version(&row),
        }))
    }

    async fn query_status(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError> {
        let row = self.question(user, id).await?;
        row.map(|row| answer_rows::query_status(id, &row)).transpose()
    }
}
