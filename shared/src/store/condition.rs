//! Conditional writes.

use std::future::Future;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError,
        put_item::PutItemError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    capacity,
    error::{failed, kind},
    retry,
    rows::Item,
};
use crate::ports::StoreError;

/// The error of a write that can have a condition.
pub(super) trait Refusal {
    /// The row that did not meet the condition; `None` if the error is another one.
    fn row(&self) -> Option<Item>;
}

macro_rules! refusal {
    ($($error:ident),*) => {$(
        impl Refusal for $error {
            fn row(&self) -> Option<Item> {
                match self {
                    Self::ConditionalCheckFailedException(refused) => {
                        Some(refused.item().cloned().unwrap_or_default())
                    }
                    _ => None,
                }
            }
        }
    )*};
}
refusal!(PutItemError, UpdateItemError, DeleteItemError);

/// Sends a write until it is applied or refused. If its condition does not hold, the inner error is the current row: empty
/// if it does not exist, or if the request does not ask for it.
///
/// A write that was applied and whose response was lost is sent again, and then finds its own row.
pub(super) async fn write<T, E, F>(
    operation: &'static str,
    send: impl Fn() -> F,
) -> Result<Result<T, Item>, StoreError>
where
    E: Refusal + ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    match retry::attempts(send, kind).await {
        Ok(output) => Ok(Ok(output)),
        Err(error) => match error.as_service_error().and_then(Refusal::row) {
            Some(row) => Ok(Err(row)),
            None => Err(failed(operation)(error)),
        },
    }
}

/// Sends an update and returns the row after it. If its condition does not hold, the inner error is the current row, empty if
/// the row does not exist.
pub(super) async fn update(update: UpdateItemFluentBuilder) -> Result<Result<Item, Item>, StoreError> {
    let update = update
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let output = write("UpdateItem", || update.clone().send()).await?;
    Ok(output.map(|output| {
        capacity::written(output.consumed_capacity());
        output.attributes.unwrap_or_default()
    }))
}
