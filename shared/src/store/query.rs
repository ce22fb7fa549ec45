//! Paginated DynamoDB queries.

use aws_sdk_dynamodb::{Client, types::ReturnConsumedCapacity};

use super::{
    capacity,
    key::Key,
    retry,
    rows::{Item, s},
};
use crate::ports::StoreError;

/// Reads all rows of the partition `pk` whose sort key begins with `prefix`, in key order, with consistent reads.
pub(super) async fn rows(
    client: &Client,
    table: &str,
    pk: &str,
    prefix: &str,
) -> Result<Vec<Item>, StoreError> {
    rows_with(client, table, pk, prefix, None).await
}

/// Reads the keys of the same rows. DynamoDB reads as much, and sends little of it.
pub(super) async fn keys(
    client: &Client,
    table: &str,
    pk: &str,
    prefix: &str,
) -> Result<Vec<Key>, StoreError> {
    let rows = rows_with(client, table, pk, prefix, Some("pk, sk")).await?;
    Ok(rows.iter().filter_map(Key::from_row).collect())
}

async fn rows_with(
    client: &Client,
    table: &str,
    pk: &str,
    prefix: &str,
    projection: Option<&str>,
) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut from = None;
    loop {
        let query = client
            .query()
            .table_name(table)
            .consistent_read(true)
            .set_projection_expression(projection.map(str::to_owned))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(from)
            .expression_attribute_values(":pk", s(pk));
        // DynamoDB rejects an empty prefix.
        let query = match prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", s(prefix)),
        };
        let output = retry::call("Query", || query.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        items.extend(output.items.unwrap_or_default());
        from = output.last_evaluated_key;
        if from.is_none() {
            return Ok(items);
        }
    }
}

/// Sort keys of a partition, both ends inclusive.
pub(super) struct Range {
    pub(super) pk: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// Reads all rows of a range, in key order.
pub(super) async fn range(
    client: &Client,
    table: &str,
    range: &Range,
    consistent: bool,
) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let (page, next) = page(client, table, range, consistent, start).await?;
        items.extend(page);
        start = next;
        if start.is_none() {
            return Ok(items);
        }
    }
}

/// Reads about 1 MB of a range, and where to go on.
pub(super) async fn page(
    client: &Client,
    table: &str,
    range: &Range,
    consistent: bool,
    start: Option<Item>,
) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let request = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
        .expression_attribute_values(":pk", s(&range.pk))
        .expression_attribute_values(":from", s(&range.from))
        .expression_attribute_values(":to", s(&range.to))
        .consistent_read(consistent)
        .set_exclusive_start_key(start)
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let output = retry::call("Query", || request.clone().send()).await?;
    capacity::read(output.consumed_capacity());
    Ok((output.items.unwrap_or_default(), output.last_evaluated_key))
}
