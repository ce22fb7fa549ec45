//! Transactions of two updates, with retries.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{ReturnConsumedCapacity, TransactWriteItem, Update},
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
        let items = [one, other].map(|update| TransactWriteItem::builder().update(update).build());
        let mut backoff = INITIAL_BACKOFF;
        for attempts_left in (0..MAX_ATTEMPTS).rev() {
            let write = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.to_vec()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match write.send().await {
                Ok(output) => {
                    output
                        .consumed_capacity()
                        .iter()
                        .for_each(|used| capacity::written(Some(used)));
                    return Ok(());
                }
                Err(error) if attempts_left > 0 && is_transaction_conflict(&error) => {}
                Err(error) if is_failed_condition(&error) => return Err(StoreError::Conflict),
                Err(error) => return Err(failed("TransactWriteItems")(error)),
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
        Err(StoreError::Conflict)
    }
}

fn is_transaction_conflict<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    has_reason(error, "TransactionConflict")
}

fn is_failed_condition<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    has_reason(error, "ConditionalCheckFailed")
}

/// Whether any write of a cancelled transaction has this cancellation reason.
fn has_reason<R>(error: &SdkError<TransactWriteItemsError, R>, code: &str) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .any(|reason| reason.code() == Some(code)),
        _ => false,
    }
}
