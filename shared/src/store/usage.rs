//! Daily usage in the queries table: a few rows per user and day, which are added up when they are read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use futures::future::try_join_all;
use jiff::{civil::Date, tz::TimeZone};

use super::{
    answer_rows::unreadable,
    answers::Answers,
    key::{self, Key, USAGE_PREFIX, USAGE_SHARE_PREFIX},
    query,
    rows::{Item, n, number, string},
    transaction::transact,
};
use crate::{
    domain::{Answer, DayUsage, Spent, Usage, UserId},
    ports::{ReadUsage, StoreError},
};

/// Number of rows of a user's day.
const ROWS_OF_A_DAY: u64 = 8;
/// Update expression that adds the cost of an answer to a row.
const ADD_COST: &str = "ADD answers :one, input_tokens :input, output_tokens :output, cost_usd :cost, read_units :read, write_units :write";

impl Answers {
    /// Adds the cost of an answer to the usage of its day, once: of updates, only those in transactions have a token.
    pub(super) async fn count_usage(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let update = TransactWriteItem::builder().update(self.usage_update(user, answer)?);
        let counted = transact(&self.client, vec![update.build()]).await?;
        counted.map_err(|_reasons| StoreError::Conflict)
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

/// Key of the row that counts an answer. Transactions on one row conflict, so there are several rows.
fn day_key(user: &UserId, answer: &Answer) -> Key {
    let day = TimeZone::UTC.to_datetime(answer.created_at).date();
    let digits = answer.query_id.to_string().bytes().map(u64::from).sum::<u64>();
    Key::usage_share(user, day, digits % ROWS_OF_A_DAY)
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
        let range = |prefix: &str| query::Range {
            pk: key::user_pk(user),
            from: format!("{prefix}{from}"),
            to: format!("{prefix}{to}#~"),
        };
        // Until version 0.3, a day had one row.
        let ranges = [USAGE_PREFIX, USAGE_SHARE_PREFIX].map(range);
        let rows = ranges
            .iter()
            .map(|range| query::range(&self.client, &self.table, range, false));
        let mut days: BTreeMap<Date, Spent> = BTreeMap::new();
        for row in try_join_all(rows).await?.iter().flatten() {
            let DayUsage { date, spent } = day_usage(row)?;
            days.entry(date).or_default().add(&spent);
        }
        Ok(days
            .into_iter()
            .map(|(date, spent)| DayUsage { date, spent })
            .collect())
    }
}

fn day_usage(row: &Item) -> Result<DayUsage, StoreError> {
    let date = string(row, "sk").and_then(|sk| sk.split('#').nth(1)?.parse().ok());
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
