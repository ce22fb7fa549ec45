//! Cancelling a question, and the sign of life by which its holder learns of it.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    answer_rows::{query_status, status, status_pk},
    answers::Answers,
    capacity,
    error::failed,
    key::Key,
    queue::REMOVE_LEASE,
    rows::{Item, n, s},
};
use crate::{
    domain::{QueryId, QueryStatus, Status, Step, UserId},
    ports::{CancelQuestions, Lease, StoreError},
};

/// Attribute of a running question that is to be cancelled.
pub(super) const CANCEL_REQUESTED: &str = "cancel_requested";

/// The row after an update, or as it was when the condition did not hold; `None` if there is no row.
enum Updated {
    Done(Item),
    Refused(Option<Item>),
}

#[async_trait]
impl CancelQuestions for Answers {
    async fn cancel(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError> {
        let key = || Key::answer(user, id);
        let stop = self
            .update(key())
            .update_expression(format!("SET {CANCEL_REQUESTED} = :true"))
            .condition_expression("#status = :processing")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":true", n(1))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()));
        let row = match updated(stop).await? {
            Updated::Done(row) => return query_status(id, &row).map(Some),
            Updated::Refused(row) => row,
        };
        // A row without a status is being deleted.
        let Some(row) = row.filter(|row| row.contains_key("status")) else {
            return Ok(None);
        };
        if status(&row)? != Status::Pending {
            return query_status(id, &row).map(Some);
        }
        let end = self
            .update(key())
            .update_expression(format!(
                "SET #status = :cancelled, status_pk = :status_pk {REMOVE_LEASE}"
            ))
            .condition_expression("#status = :pending")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":cancelled", s(Status::Cancelled.as_str()))
            .expression_attribute_values(":status_pk", s(status_pk(user, Status::Cancelled)));
        match updated(end).await? {
            Updated::Done(row) | Updated::Refused(Some(row)) if row.contains_key("status") => {
                query_status(id, &row).map(Some)
            }
            Updated::Done(_) | Updated::Refused(_) => Ok(None),
        }
    }
}

impl Answers {
    /// Stores the step of a leased question. Returns whether its holder is to stop: it was cancelled, deleted, or its lease
    /// was lost.
    pub(super) async fn report_step(&self, lease: &Lease, step: Step) -> Result<bool, StoreError> {
        let report = self
            .update(Key::answer(&lease.user, lease.id))
            .update_expression("SET progress = :progress, current_step = :step")
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(lease.run.as_str()))
            .expression_attribute_values(":progress", n(step.progress()))
            .expression_attribute_values(":step", s(step.name()));
        Ok(match updated(report).await? {
            Updated::Done(row) => row.contains_key(CANCEL_REQUESTED),
            Updated::Refused(_) => true,
        })
    }
}

async fn updated(update: UpdateItemFluentBuilder) -> Result<Updated, StoreError> {
    let update = update
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    match update.send().await {
        Ok(output) => {
            capacity::written(output.consumed_capacity());
            Ok(Updated::Done(output.attributes.unwrap_or_default()))
        }
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Updated::Refused(refused.item().cloned()))
            }
            _ => Err(failed("UpdateItem")(error)),
        },
    }
}
