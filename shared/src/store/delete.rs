//! Deleting a row, and all rows of a range.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ReturnConsumedCapacity},
};

use super::{batch, capacity, condition, key::Key, query, retry};
use crate::ports::StoreError;

/// Deletes a row. Deleting a row that does not exist succeeds.
pub(super) async fn row(client: &Client, table: &str, key: Key) -> Result<(), StoreError> {
    let request = client
        .delete_item()
        .table_name(table)
        .set_key(Some(key.attributes()))
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let output = retry::call("DeleteItem", || request.clone().send()).await?;
    capacity::written(output.consumed_capacity());
    Ok(())
}

/// Deletes a row if a condition with one value holds; false if it does not.
pub(super) async fn row_if(
    client: &Client,
    table: &str,
    key: Key,
    condition: &str,
    (name, value): (&str, AttributeValue),
) -> Result<bool, StoreError> {
    let request = client
        .delete_item()
        .table_name(table)
        .set_key(Some(key.attributes()))
        .condition_expression(condition)
        .expression_attribute_values(name, value)
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let deleted = condition::write("DeleteItem", || request.clone().send()).await?;
    if let Ok(output) = &deleted {
        capacity::written(output.consumed_capacity());
    }
    Ok(deleted.is_ok())
}

/// Deletes all rows of a range, about 1 MB at a time.
pub(super) async fn range(client: &Client, table: &str, range: &query::Range) -> Result<(), StoreError> {
    let mut start = None;
    loop {
        let (rows, next) = query::page(client, table, range, true, start).await?;
        let keys = rows.iter().filter_map(Key::from_row).collect();
        batch::delete(client, table, keys).await?;
        start = next;
        if start.is_none() {
            return Ok(());
        }
    }
}
