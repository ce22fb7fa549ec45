//! Transactions, with retries.

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, ReturnConsumedCapacity, TransactWriteItem, Update},
};

use ulid::Ulid;

use super::{
    answers::Answers,
    capacity,
    error::{Kind, failed, kind, kind_of_code},
    retry,
};
use crate::ports::StoreError;

impl Answers {
    /// Applies both updates or neither. Fails with [`StoreError::Conflict`] if a condition does not hold.
    pub(super) async fn write_both(&self, one: Update, other: Update) -> Result<(), StoreError> {
        let writes = [one, other].map(|update| TransactWriteItem::builder().update(update).build());
        let written = transact(&self.client, writes.to_vec()).await?;
        written.map_err(|_reasons| StoreError::Conflict)
    }
}

/// Runs a transaction once, however often it is sent; the inner error has the reasons why a condition did not hold, one for
/// each write. Another transaction over the same rows, and throttling, are waited for.
pub(super) async fn transact(
    client: &Client,
    writes: Vec<TransactWriteItem>,
) -> Result<Result<(), Vec<CancellationReason>>, StoreError> {
    let write = client
        .transact_write_items()
        // DynamoDB applies requests with the same token once within ten minutes.
        .client_request_token(Ulid::generate().to_string())
        .set_transact_items(Some(writes))
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    let error = match retry::attempts(|| write.clone().send(), kind_of_transaction).await {
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
    match kind_of_transaction(&error) {
        Kind::Refused => Ok(Err(reasons)),
        Kind::Throttled | Kind::Conflict => Err(StoreError::Throttled {
            operation: "TransactWriteItems",
            source: error.into(),
        }),
        _ => Err(failed("TransactWriteItems")(error)),
    }
}

/// The kind of an error; that of a cancelled transaction follows from its reasons. Those that pass count first, because
/// the other conditions were not all checked.
fn kind_of_transaction(error: &SdkError<TransactWriteItemsError>) -> Kind {
    let reasons = cancellation_reasons(error);
    let kinds = reasons.iter().filter_map(|reason| kind_of_code(reason.code()?));
    let rank = |kind: &Kind| match kind {
        Kind::Throttled => 3,
        Kind::Conflict => 2,
        _ => 1,
    };
    kinds.max_by_key(rank).unwrap_or_else(|| kind(error))
}

fn cancellation_reasons(error: &SdkError<TransactWriteItemsError>) -> Vec<CancellationReason> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().to_vec()
        }
        _ => Vec::new(),
    }
}
