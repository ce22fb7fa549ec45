//! What answers cost, in the queries table: one row for each user and day.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, Update};
use jiff::{civil::Date, tz::TimeZone};

use super::{
    Answers,
    answers::unreadable,
    capacity,
    error::failed,
    key::{self, Key, USAGE_PREFIX},
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::{Answer, DayUsage, Spent, Usage, UserId},
    ports::{ReadUsage, StoreError},
};

/// Adds to the row of a day.
const ADD: &str = "ADD answers :one, input_tokens :input, output_tokens :output, cost_usd :cost, read_units :read, write_units :write";

impl Answers {
    /// Adds what an answer cost to its day.
    pub(super) async fn count_usage(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let output = self
            .update(day_of(user, answer))
            .update_expression(ADD)
            .set_expression_attribute_values(Some(cost_of(answer)))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    /// The same as a part of a transaction.
    pub(super) fn usage_update(&self, user: &UserId, answer: &Answer) -> Result<Update, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(day_of(user, answer).attributes()))
            .update_expression(ADD)
            .set_expression_attribute_values(Some(cost_of(answer)));
        update.build().map_err(|error| unreadable(error.to_string()))
    }
}

fn day_of(user: &UserId, answer: &Answer) -> Key {
    Key::usage(user, TimeZone::UTC.to_datetime(answer.created_at).date())
}

fn cost_of(answer: &Answer) -> Item {
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
        // A row has a few numbers, so years of them fit into one page of 1 MB.
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
