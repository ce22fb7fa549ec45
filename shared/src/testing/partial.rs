//! Batches of which DynamoDB processes a part.

use serde_json::{Value, json};

/// Halves the items of each table of a batch request. Returns the request with the first halves, and the rest as
/// `UnprocessedItems` or `UnprocessedKeys` hold it; `None` if the request is no batch or has one item.
pub(super) fn halve(operation: &str, body: &[u8]) -> Option<(Value, &'static str, Value)> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    let (unprocessed, list) = match operation {
        "BatchWriteItem" => ("UnprocessedItems", ""),
        "BatchGetItem" => ("UnprocessedKeys", "/Keys"),
        _ => return None,
    };
    let mut rest = json!({});
    for (table, batch) in request["RequestItems"].as_object_mut()? {
        let mut left = batch.clone();
        let items = batch.pointer_mut(list)?.as_array_mut()?;
        if items.len() < 2 {
            continue;
        }
        *left.pointer_mut(list)? = items.split_off(items.len() / 2).into();
        rest[table] = left;
    }
    rest.as_object()
        .is_some_and(|rest| !rest.is_empty())
        .then_some((request, unprocessed, rest))
}
