//! Daily usage in the queries table: one row per user and day.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, Update};
use jiff::{civil::Date, tz::TimeZone};

use super::{
    answer_rows::unreadable,
    answers::Answers,
    capacity,
    error::failed,
    key::{self, Key, USAGE_PREFIX},
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::{Answer, DayUsage, Spent, Usage, UserId},
    ports::{ReadUsage, StoreError},
};

/// Update expression that adds the cost of an answer to a row.
const ADD_COST: &str = "ADD answers :one, input_tokens :input, output_tokens :output, cost_usd :cost, read_units :read, write_units :write";

impl Answers {
    /// Adds the cost of an answer to the usage of its day.
    pub(super) async fn count_usage(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let output = self
            .update(day_key(user, answer))
            .update_expression(ADD_COST)
            .set_expression_attribute_values(Some(cost_values(answer)))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    /// Creates the same update for a transaction.
    pub(super) fn usage_update(&self, user: &UserId, answer: &Answer) -> Result<Update, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(day_key(user, answer).attributes()))
            .update_expression(ADD_COST)
            .set_expression_attribute_values(Some(cost_values(answer)));
        update.build().map_err(|error| unreadable(error.to_string()))
    }
}

/// Key of the day of an answer.
fn day_key(user: &UserId, answer: &Answer) -> Key {
    Key::usage(user, TimeZone::UTC.to_datetime(answer.created_at).date())
}

/// Values of [`ADD_COST`].
fn cost_values(answer: &Answer) -> Item {
    let usage = &answer.usage;
    Item::from([
        (":one".to_owned(), n(1)),
        (":input".to_owned(), n(usage.input_tokens)),
        (":output".to_owned(), n(usage.output_tokens)),
        (":cost".to_owned(), n(usage.cost_usd)),
        (":read".to_owned(), n(usage.read_units)),
        (":write".to_owned(), n(usage.write_units)),
    ])
}

#[async_trait]
impl ReadUsage for Answers {
    async fn usage(&self, user: &UserId, from: Date, to: Date) -> Result<Vec<DayUsage>, StoreError> {
        // Rows are small: years of them fit into one page of 1 MB.
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", s(key::user_pk(user)))
            .expression_attribute_values(":from", s(Key::usage(user, from).sk))
            .expression_attribute_values(":to", s(Key::usage(user, to).sk))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("Query"))?;
        capacity::read(output.consumed_capacity());
        output.items().iter().map(day_usage).collect()
    }
}

fn day_usage(row: &Item) -> Result<DayUsage, StoreError> {
    let date = string(row, "sk").and_then(|sk| sk.strip_prefix(USAGE_PREFIX)?.parse().ok());
    let count = |name| number(row, name).unwrap_or(0);
    let amount = |name: &str| row.get(name)?.as_n().ok()?.parse().ok();
    let amount = |name| amount(name).unwrap_or(0.0);
    Ok(DayUsage {
        date: date.ok_or_else(|| StoreError::Corrupt {
            row: "usage",
            reason: "its key does not parse".to_owned(),
        })?,
        spent: Spent {
            answers: count("answers"),
            usage: Usage {
                input_tokens: count("input_tokens"),
                output_tokens: count("output_tokens"),
                cost_usd: amount("cost_usd"),
                read_units: amount("read_units"),
                write_units: amount("write_units"),
            },
        },
    })
}
