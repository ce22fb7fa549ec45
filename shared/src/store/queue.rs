//! The question queue. A question's row holds its lease; the table's stream invokes the worker for new rows.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure, Update},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::{
    answer_rows::{Rows, USAGE_UNITS, from_json, row_units, rows, status_pk, to_json, unreadable},
    answers::Answers,
    capacity, condition,
    key::{self, Key},
    retry,
    rows::{Item, is_written_by, n, number, s, string},
};
use crate::{
    domain::{Answer, Ask, QueryId, Status, Step, UserId},
    ports::{Acquisition, Lease, QueueQuestions, QueuedQuestion, RecordAnswers, StoreError, WorkQueue},
};

/// After this time a pending question can be deleted: the table's stream keeps records for 24 hours, so no worker will
/// acquire it any more.
const MAX_PENDING: SignedDuration = SignedDuration::from_hours(25);

/// Returns the question that a record of the table's stream is about; `None` if the record is about another row.
pub fn question_from_record(record: &Json) -> Option<(UserId, QueryId)> {
    let keys = &record["dynamodb"]["Keys"];
    key::parse_answer(keys["pk"]["S"].as_str()?, keys["sk"]["S"].as_str()?)
}

#[async_trait]
impl QueueQuestions for Answers {
    async fn enqueue(&self, user: &UserId, ask: &Ask, answer: &Answer) -> Result<(), StoreError> {
        // A placeholder without sources and claims fits into one row.
        let mut row = rows(user, answer)?.row;
        row.insert("asked".into(), s(to_json(ask)?));
        row.insert(
            "lease_ms".into(),
            n((answer.created_at + MAX_PENDING).as_millisecond()),
        );
        self.put_new(row).await
    }
}

#[async_trait]
impl WorkQueue for Answers {
    async fn start(&self, lease: &Lease, answer: &Answer, until: Timestamp) -> Result<(), StoreError> {
        let mut row = rows(&lease.user, answer)?.row;
        row.insert("run_id".into(), s(lease.run.as_str()));
        row.insert("lease_ms".into(), n(until.as_millisecond()));
        row.insert("progress".into(), n(Step::default().progress()));
        row.insert("current_step".into(), s(Step::default().name()));
        self.put_new(row).await
    }

    async fn acquire(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedQuestion>, StoreError> {
        let update = self
            .leased(lease)
            .update_expression(
                "SET #status = :processing, status_pk = :status_pk, lease_ms = :until, run_id = :run, progress = :progress, \
                 current_step = :step ADD tries :one",
            )
            .expression_attribute_names("#status", "status")
            .condition_expression("#status = :pending OR (#status = :processing AND lease_ms < :now)")
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()))
            .expression_attribute_values(":status_pk", s(status_pk(&lease.user, Status::Processing)))
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":progress", n(Step::default().progress()))
            .expression_attribute_values(":step", s(Step::default().name()))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                acquired(&output.attributes.unwrap_or_default())
            }
            Err(row) => acquisition_of_refused(lease, row),
        }
    }

    async fn report(&self, lease: &Lease, step: Step) -> Result<bool, StoreError> {
        self.report_step(lease, step).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let update = self
            .leased(lease)
            .update_expression("SET lease_ms = :over")
            .condition_expression("run_id = :run")
            .expression_attribute_values(":over", n(0));
        let output = retry::call("UpdateItem", || update.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn mark_failed(&self, lease: &Lease, error: &str) -> Result<(), StoreError> {
        let update = self
            .leased(lease)
            .update_expression(format!(
                "SET #status = :failed, status_pk = :status_pk, #error = :error, written_by = :run {REMOVE_LEASE}"
            ))
            .condition_expression("run_id = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#error", "error")
            .expression_attribute_values(":failed", s(Status::Failed.as_str()))
            .expression_attribute_values(":status_pk", s(status_pk(&lease.user, Status::Failed)))
            .expression_attribute_values(":error", s(error))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(())
            }
            Err(row) if is_written_by(&row, &lease.run) => Ok(()),
            Err(_other) => Err(StoreError::Conflict),
        }
    }

    fn recorder(&self, lease: Lease) -> Box<dyn RecordAnswers> {
        Box::new(Recorder {
            answers: self.clone(),
            lease,
        })
    }
}

/// Update clause that removes the attributes of a question in progress.
pub(super) const REMOVE_LEASE: &str =
    "REMOVE asked, lease_ms, run_id, progress, current_step, tries, cancel_requested";

impl Answers {
    /// Starts an update of a question by the holder of a lease; `:run` is the run id.
    fn leased(&self, lease: &Lease) -> UpdateItemFluentBuilder {
        self.update(Key::answer(&lease.user, lease.id))
            .expression_attribute_values(":run", s(lease.run.as_str()))
    }
}

/// Decodes an acquired question.
fn acquired(row: &Item) -> Result<Acquisition<QueuedQuestion>, StoreError> {
    let part = |name| string(row, name).ok_or_else(|| unreadable(format!("it has no {name}")));
    Ok(Acquisition::Acquired(Box::new(QueuedQuestion {
        ask: from_json(part("asked")?)?,
        answer: from_json(part("answer")?)?,
        attempts: number(row, "tries").unwrap_or(1),
    })))
}

/// Explains why the condition of an acquisition failed, from the row.
fn acquisition_of_refused(lease: &Lease, row: Item) -> Result<Acquisition<QueuedQuestion>, StoreError> {
    // The response of an earlier attempt was lost.
    if string(&row, "run_id") == Some(lease.run.as_str()) {
        return acquired(&row);
    }
    let is_running = string(&row, "status") == Some(Status::Processing.as_str());
    let until = number(&row, "lease_ms").filter(|_| is_running);
    let until = until.and_then(|ms| Timestamp::from_millisecond(ms as i64).ok());
    Ok(until.map_or(Acquisition::Finished, Acquisition::Leased))
}

/// Recorder that stores the answer of a leased question.
struct Recorder {
    answers: Answers,
    lease: Lease,
}

#[async_trait]
impl RecordAnswers for Recorder {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let Rows { parts, mut row } = rows(user, answer)?;
        // An earlier holder of the lease may have written some parts, so existing ones are replaced.
        for part in parts {
            self.answers.put(part).await?;
        }
        let mut take = |name| row.remove(name).unwrap_or_else(|| s(""));
        let finish = Update::builder()
            .table_name(&self.answers.table)
            .set_key(Some(Key::answer(user, answer.query_id).attributes()))
            .update_expression(format!(
                "SET answer = :answer, parts = :parts, summary = :summary, #status = :status, status_pk = :status_pk {REMOVE_LEASE}"
            ))
            .condition_expression("run_id = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":run", s(self.lease.run.as_str()))
            .expression_attribute_values(":answer", take("answer"))
            .expression_attribute_values(":parts", take("parts"))
            .expression_attribute_values(":summary", take("summary"))
            .expression_attribute_values(":status", take("status"))
            .expression_attribute_values(":status_pk", take("status_pk"))
            .build()
            .map_err(|error| unreadable(error.to_string()))?;
        let count = self.answers.usage_update(user, answer)?;
        self.answers.write_both(finish, count).await
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        // A transaction writes everything twice.
        2.0 * row_units(user, answer) + USAGE_UNITS
    }
}
