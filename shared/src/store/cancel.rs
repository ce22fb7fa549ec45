//! Cancelling a question, and the sign of life by which its holder learns of it.

use async_trait::async_trait;

use super::{
    answer_rows::{query_status, status, status_pk},
    answers::Answers,
    condition,
    key::Key,
    queue::REMOVE_LEASE,
    rows::{n, s},
};
use crate::{
    domain::{QueryId, QueryStatus, Status, Step, UserId},
    ports::{CancelQuestions, Lease, StoreError},
};

/// Attribute of a running question that is to be cancelled.
pub(super) const CANCEL_REQUESTED: &str = "cancel_requested";

#[async_trait]
impl CancelQuestions for Answers {
    async fn cancel(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError> {
        let update = || {
            self.update(Key::answer(user, id))
                .expression_attribute_names("#status", "status")
        };
        let stop = update()
            .update_expression(format!("SET {CANCEL_REQUESTED} = :true"))
            .condition_expression("#status = :processing")
            .expression_attribute_values(":true", n(1))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()));
        let end = update()
            .update_expression(format!(
                "SET #status = :cancelled, status_pk = :status_pk {REMOVE_LEASE}"
            ))
            .condition_expression("#status = :pending")
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":cancelled", s(Status::Cancelled.as_str()))
            .expression_attribute_values(":status_pk", s(status_pk(user, Status::Cancelled)));
        loop {
            let row = match condition::update(stop.clone()).await? {
                Ok(row) => return query_status(id, &row).map(Some),
                Err(row) => row,
            };
            // A row without a status is being deleted.
            if !row.contains_key("status") {
                return Ok(None);
            }
            if status(&row)? != Status::Pending {
                return query_status(id, &row).map(Some);
            }
            // Otherwise a worker has acquired it meanwhile. It never becomes pending again.
            if let Ok(row) = condition::update(end.clone()).await? {
                return query_status(id, &row).map(Some);
            }
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
        Ok(match condition::update(report).await? {
            Ok(row) => row.contains_key(CANCEL_REQUESTED),
            Err(_lost) => true,
        })
    }
}
