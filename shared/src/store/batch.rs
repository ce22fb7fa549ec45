//! Batches: DynamoDB may answer with success and leave a part undone; that part is sent again, with growing pauses.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, DeleteRequest, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest,
    },
};
use backon::{BackoffBuilder, ExponentialBuilder};
use futures::{StreamExt, TryStreamExt, stream};

use super::{capacity, error::failed, key::Key};
use crate::ports::StoreError;

type Item = HashMap<String, AttributeValue>;

/// Items a `BatchWriteItem` takes.
const WRITES: usize = 25;
/// Items a `BatchGetItem` takes.
const READS: usize = 100;
/// Batches under way at the same time.
const AT_ONCE: usize = 8;

fn retry_delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(20))
        .with_max_delay(Duration::from_millis(500))
        .with_max_times(6)
        .with_jitter()
        .build()
}

fn undone(operation: &'static str) -> StoreError {
    StoreError::Throttled {
        operation,
        source: "items were left undone again and again".into(),
    }
}

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

fn unbuildable(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Rejected {
        operation: "batch",
        source: error.into(),
    }
}

async fn write(client: &Client, table: &str, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
    let batches: Vec<Vec<WriteRequest>> = requests.chunks(WRITES).map(<[_]>::to_vec).collect();
    stream::iter(batches.into_iter().map(|batch| write_batch(client, table, batch)))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn write_batch(client: &Client, table: &str, batch: Vec<WriteRequest>) -> Result<(), StoreError> {
    let mut left = HashMap::from([(table.to_owned(), batch)]);
    let mut retry_delays = retry_delays();
    loop {
        let output = client
            .batch_write_item()
            .set_request_items(Some(left))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("BatchWriteItem"))?;
        capacity::written(output.consumed_capacity());
        left = output.unprocessed_items.unwrap_or_default();
        if left.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(retry_delays.next().ok_or_else(|| undone("BatchWriteItem"))?).await;
    }
}

/// The rows of these keys as far as they are there, in any order.
pub(super) async fn get(
    client: &Client,
    table: &str,
    keys: Vec<Key>,
    consistent: bool,
) -> Result<Vec<Item>, StoreError> {
    let batches: Vec<Vec<Item>> = keys
        .chunks(READS)
        .map(|keys| keys.iter().cloned().map(Key::attributes).collect())
        .collect();
    let batches: Vec<Vec<Item>> = stream::iter(batches.into_iter().map(|keys| {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(consistent)
            .build();
        async move { get_batch(client, table, keys.map_err(unbuildable)?).await }
    }))
    .buffer_unordered(AT_ONCE)
    .try_collect()
    .await?;
    Ok(batches.into_iter().flatten().collect())
}

async fn get_batch(client: &Client, table: &str, keys: KeysAndAttributes) -> Result<Vec<Item>, StoreError> {
    let mut left = HashMap::from([(table.to_owned(), keys)]);
    let mut items = Vec::new();
    let mut retry_delays = retry_delays();
    loop {
        let output = client
            .batch_get_item()
            .set_request_items(Some(left))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed("BatchGetItem"))?;
        capacity::read(output.consumed_capacity());
        items.extend(output.responses.unwrap_or_default().into_values().flatten());
        left = output.unprocessed_keys.unwrap_or_default();
        if left.is_empty() {
            return Ok(items);
        }
        tokio::time::sleep(retry_delays.next().ok_or_else(|| undone("BatchGetItem"))?).await;
    }
}
