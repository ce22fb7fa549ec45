//! Batch reads and writes. DynamoDB may process a part of a batch; the rest is sent again.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{DeleteRequest, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    capacity,
    error::{Kind, unbuildable},
    key::Key,
    retry::{self, Pauses},
    rows::Item,
};
use crate::ports::StoreError;

/// Maximum number of items of a `BatchWriteItem` request.
const MAX_WRITES: usize = 25;
/// Maximum number of items of a `BatchGetItem` request.
const MAX_READS: usize = 100;
/// Number of concurrent batch requests.
const CONCURRENCY: usize = 8;

/// Waits before what is left of a batch is sent again. Pauses begin anew when something was processed.
async fn pause(pauses: &mut Pauses, is_progress: bool, operation: &'static str) -> Result<(), StoreError> {
    if is_progress {
        pauses.restart();
    }
    let pause = pauses
        .next(Kind::Throttled)
        .ok_or_else(|| StoreError::Throttled {
            operation,
            source: "items are still unprocessed".into(),
        })?;
    tokio::time::sleep(pause).await;
    Ok(())
}

/// Writes items.
pub(super) async fn put(client: &Client, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
    let put = |item| {
        let put = PutRequest::builder()
            .set_item(Some(item))
            .build()
            .map_err(unbuildable)?;
        Ok(WriteRequest::builder().put_request(put).build())
    };
    write(
        client,
        table,
        items.into_iter().map(put).collect::<Result<_, _>>()?,
    )
    .await
}

/// Deletes the rows with these keys.
pub(super) async fn delete(client: &Client, table: &str, keys: Vec<Key>) -> Result<(), StoreError> {
    let delete = |key: Key| {
        let delete = DeleteRequest::builder()
            .set_key(Some(key.attributes()))
            .build()
            .map_err(unbuildable)?;
        Ok(WriteRequest::builder().delete_request(delete).build())
    };
    write(
        client,
        table,
        keys.into_iter().map(delete).collect::<Result<_, _>>()?,
    )
    .await
}

async fn write(client: &Client, table: &str, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
    let batches: Vec<Vec<WriteRequest>> = requests.chunks(MAX_WRITES).map(<[_]>::to_vec).collect();
    stream::iter(batches.into_iter().map(|batch| write_batch(client, table, batch)))
        .buffer_unordered(CONCURRENCY)
        .try_collect()
        .await
}

async fn write_batch(client: &Client, table: &str, batch: Vec<WriteRequest>) -> Result<(), StoreError> {
    let mut left = batch.len();
    let mut remaining = HashMap::from([(table.to_owned(), batch)]);
    let mut pauses = Pauses::new();
    loop {
        let request = client
            .batch_write_item()
            .set_request_items(Some(remaining))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("BatchWriteItem", || request.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        remaining = output.unprocessed_items.unwrap_or_default();
        if remaining.is_empty() {
            return Ok(());
        }
        let before = std::mem::replace(&mut left, remaining.values().map(Vec::len).sum());
        pause(&mut pauses, left < before, "BatchWriteItem").await?;
    }
}

/// Reads the rows with these keys, in any order. Missing rows are omitted.
pub(super) async fn get(
    client: &Client,
    table: &str,
    keys: Vec<Key>,
    consistent: bool,
) -> Result<Vec<Item>, StoreError> {
    let batches: Vec<Vec<Item>> = keys
        .chunks(MAX_READS)
        .map(|keys| keys.iter().cloned().map(Key::attributes).collect())
        .collect();
    let batches: Vec<Vec<Item>> = stream::iter(batches.into_iter().map(|keys| {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(consistent)
            .build();
        async move { get_batch(client, table, keys.map_err(unbuildable)?).await }
    }))
    .buffer_unordered(CONCURRENCY)
    .try_collect()
    .await?;
    Ok(batches.into_iter().flatten().collect())
}

async fn get_batch(client: &Client, table: &str, keys: KeysAndAttributes) -> Result<Vec<Item>, StoreError> {
    let mut remaining = HashMap::from([(table.to_owned(), keys)]);
    let mut items = Vec::new();
    let mut left = usize::MAX;
    let mut pauses = Pauses::new();
    loop {
        let request = client
            .batch_get_item()
            .set_request_items(Some(remaining))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("BatchGetItem", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        items.extend(output.responses.unwrap_or_default().into_values().flatten());
        remaining = output.unprocessed_keys.unwrap_or_default();
        if remaining.is_empty() {
            return Ok(items);
        }
        let before = std::mem::replace(&mut left, remaining.values().map(|keys| keys.keys().len()).sum());
        pause(&mut pauses, left < before, "BatchGetItem").await?;
    }
}
