//! Paginated DynamoDB queries.

use aws_sdk_dynamodb::{Client, types::ReturnConsumedCapacity};

use super::{
    capacity,
    error::failed,
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
    let mut items = Vec::new();
    let mut from = None;
    loop {
        let query = client
            .query()
            .table_name(table)
            .consistent_read(true)
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
        let output = query.send().await.map_err(failed("Query"))?;
        capacity::read(output.consumed_capacity());
        items.extend(output.items.unwrap_or_default());
        from = output.last_evaluated_key;
        if from.is_none() {
            return Ok(items);
        }
    }
}
