//! Transactions, with retries.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, ReturnConsumedCapacity, TransactWriteItem, Update},
};

use super::{answers::Answers, capacity, error::failed};
use crate::ports::StoreError;

/// Maximum number of attempts of a transaction that conflicts with another one.
const MAX_ATTEMPTS: u32 = 6;
/// Delay before the second attempt; doubles with each attempt.
const INITIAL_BACKOFF: Duration = Duration::from_millis(40);

impl Answers {
    /// Applies both updates or neither. Retries if another transaction touches the same rows at the same time, such as
    /// the same user's usage of the day. Fails with [`StoreError::Conflict`] if a condition does not hold.
    pub(super) async fn write_both(&self, one: Update, other: Update) -> Result<(), StoreError> {
        let writes = [one, other].map(|update| TransactWriteItem::builder().update(update).build());
        let written = transact(&self.client, writes.to_vec()).await?;
        written.map_err(|_reasons| StoreError::Conflict)
    }
}

/// Runs a transaction; the inner error has the reasons why a condition did not hold, one for each write. Retries if
/// another transaction touches the same rows at the same time.
pub(super) async fn transact(
    client: &Client,
    writes: Vec<TransactWriteItem>,
) -> Result<Result<(), Vec<CancellationReason>>, StoreError> {
    let mut backoff = INITIAL_BACKOFF;
    for attempts_left in (0..MAX_ATTEMPTS).rev() {
        let write = client
            .transact_write_items()
            .set_transact_items(Some(writes.clone()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let error = match write.send().await {
            Ok(output) => {
                output
                    .consumed_capacity()
                    .iter()
                    .for_each(|used| capacity::written(Some(used)));
                return Ok(Ok(()));
            }
            Err(error) => error,
        };
        let reasons = cancellation_reasons(&error);
        let has = |code| reasons.iter().any(|reason| reason.code() == Some(code));
        match attempts_left {
            1.. if has("TransactionConflict") => {}
            _ if has("ConditionalCheckFailed") => return Ok(Err(reasons)),
            _ => return Err(failed("TransactWriteItems")(error)),
        }
        tokio::time::sleep(backoff).await;
        backoff *= 2;
    }
    Err(StoreError::Conflict)
}

fn cancellation_reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<CancellationReason> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().to_vec()
        }
        _ => Vec::new(),
    }
}
