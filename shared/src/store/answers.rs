//! The queries table: storing and reading answers.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    operation::{put_item::builders::PutItemFluentBuilder, update_item::builders::UpdateItemFluentBuilder},
    types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure},
};
use futures::future::try_join_all;
use ulid::Ulid;

use super::{
    answer_rows::{self, Rows, USAGE_UNITS, from_json, row_units, rows, unreadable},
    capacity, condition,
    key::{self, Key},
    query, retry,
    rows::{Item, WRITTEN_BY, is_written_by, number, s, string},
};
use crate::{
    domain::{Answer, QueryId, QueryStatus, UserId},
    error::source_chain,
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
        let request = self.put_request(item);
        let output = retry::call("PutItem", || request.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    /// Writes a row. Fails with [`StoreError::Conflict`] if another write made it.
    pub(super) async fn put_new(&self, mut item: Item) -> Result<(), StoreError> {
        let token = Ulid::generate().to_string();
        item.insert(WRITTEN_BY.into(), s(&token));
        let put = self
            .put_request(item)
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("PutItem", || put.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(())
            }
            Err(row) if is_written_by(&row, &token) => Ok(()),
            Err(_other) => Err(StoreError::Conflict),
        }
    }

    async fn put_parts_then_row(&self, rows: Rows) -> Result<(), StoreError> {
        try_join_all(rows.parts.into_iter().map(|part| self.put(part))).await?;
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
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk = :sk")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":sk", s(sk))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("Query", || request.clone().send()).await?;
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
        self.put_parts_then_row(rows).await?;
        // The answer is stored, so its caller gets it, counted or not.
        if let Err(error) = self.count_usage(user, answer).await {
            tracing::error!(error = source_chain(&error), "answer not counted");
        }
        Ok(())
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        row_units(user, answer) + USAGE_UNITS
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
