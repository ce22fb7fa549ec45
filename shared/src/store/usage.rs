//! What answers cost, in the queries table: one row for each user and day.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::{civil::Date, tz::TimeZone};

use super::{
    Answers, capacity,
    error::failed,
    key::{self, Key, USAGE_PREFIX},
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::{Answer, DayUsage, Spent, Usage, UserId},
    ports::{ReadUsage, StoreError},
};

impl Answers {
    /// Adds what an answer cost to its day.
    pub(super) async fn count_usage(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let day = TimeZone::UTC.to_datetime(answer.created_at).date();
        let usage = &answer.usage;
        let output = self
            .update(Key::usage(user, day))
            .update_expression(
                "ADD answers :one, input_tokens :input, output_tokens :output, cost_usd :cost, read_units :read, \
                 write_units :write",
            )
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":input", n(usage.input_tokens))
            .expression_attribute_values(":output", n(usage.output_tokens))
            .expression_attribute_values(":cost", n(usage.cost_usd))
            .expression_attribute_values(":read", n(usage.read_units))
            .expression_attribute_values(":write", n(usage.write_units))
            .send()
            .await
            .map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }
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
