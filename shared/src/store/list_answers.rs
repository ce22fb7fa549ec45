//! Listing answers from the queries table.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use super::{
    answer_rows::{status_pk, summary},
    answers::Answers,
    capacity,
    key::{self, ANSWER_PREFIX},
    retry,
    rows::{Item, s, string},
};
use crate::{
    domain::{AnswerSummary, QueryId, UserId},
    ports::{AnswerFilter, ListAnswers, Page, StoreError},
};

/// The index by user and status.
const BY_STATUS: &str = "by_status";

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
        // DynamoDB refuses an empty bound.
        let first = filter.from.map_or("0".to_owned(), |at| first_id(at).to_string());
        // `~` sorts after every digit and letter of a ULID.
        let end = match (before, filter.to.map(first_id)) {
            (Some(before), Some(to)) => before.min(to).to_string(),
            (Some(one), None) | (None, Some(one)) => one.to_string(),
            (None, None) => "~".to_owned(),
        };
        // DynamoDB refuses an interval that ends before it begins.
        if end < first {
            return Ok(Page {
                items: Vec::new(),
                has_more: false,
            });
        }
        let mut found: Vec<Item> = Vec::new();
        let mut from = None;
        // Parts of long answers lie between the rows. One row more than `limit` tells whether another page follows.
        while found.len() <= limit {
            // The index holds no more than a list needs. DynamoDB sends of the table what is asked for.
            let request = self
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
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            let request = match by_status {
                Some(_) => request,
                None => request
                    .projection_expression("sk, #status, summary, asked, lease_ms")
                    .expression_attribute_names("#status", "status"),
            };
            let output = retry::call("Query", || request.clone().send()).await?;
            capacity::read(output.consumed_capacity());
            let rows = output.items.unwrap_or_default().into_iter();
            let end = format!("{prefix}{end}");
            found.extend(rows.filter(|row| row.contains_key("status") && string(row, sk_name) != Some(&end)));
            from = output.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        let has_more = found.len() > limit;
        found.truncate(limit);
        let items = found.iter().map(summary).collect::<Result<_, _>>()?;
        Ok(Page { items, has_more })
    }
}

/// The smallest id of a question asked at `at`.
fn first_id(at: Timestamp) -> QueryId {
    QueryId::first_at(at.as_millisecond().max(0) as u64)
}
