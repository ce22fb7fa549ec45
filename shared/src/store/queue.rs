//! Questions that wait for their answers. The row of a question says who answers it and until when; its stream tells the
//! worker that it is there.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        transact_write_items::TransactWriteItemsError, update_item::UpdateItemError,
        update_item::builders::UpdateItemFluentBuilder,
    },
    types::{
        ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::{
    Answers,
    answers::{self, Rows, rows, status_pk, to_json, unreadable},
    capacity,
    error::failed,
    key::{self, Key},
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::{Answer, Ask, QueryId, Status, UserId},
    ports::{Acquisition, Lease, QueueQuestions, QueuedQuestion, RecordAnswers, StoreError, WorkQueue},
};

/// A question that nobody took for so long can be deleted: streams keep their records for a day.
const WAITS: SignedDuration = SignedDuration::from_hours(25);
/// What is done once a question is taken, and the share of the work that is behind it then.
const FIRST_STEP: &str = "gather";
const FIRST_PROGRESS: f64 = 0.1;
/// How often a transaction that met another one is tried, and the wait before the second time; it doubles each time.
const TRANSACTIONS: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(40);

/// The question that a record of the table's stream is about; `None` when it is about something else.
pub fn question_of(record: &Json) -> Option<(UserId, QueryId)> {
    let keys = &record["dynamodb"]["Keys"];
    key::parse_answer(keys["pk"]["S"].as_str()?, keys["sk"]["S"].as_str()?)
}

#[async_trait]
impl QueueQuestions for Answers {
    async fn enqueue(&self, user: &UserId, ask: &Ask, answer: &Answer) -> Result<(), StoreError> {
        // Without sources and claims it has no parts.
        let mut row = rows(user, answer)?.row;
        row.insert("asked".into(), s(to_json(ask)?));
        row.insert("lease_ms".into(), n((answer.created_at + WAITS).as_millisecond()));
        self.put_new(row).await
    }
}

#[async_trait]
impl WorkQueue for Answers {
    async fn start(&self, lease: &Lease, answer: &Answer, until: Timestamp) -> Result<(), StoreError> {
        let mut row = rows(&lease.user, answer)?.row;
        row.insert("run_id".into(), s(lease.run.as_str()));
        row.insert("lease_ms".into(), n(until.as_millisecond()));
        row.insert("progress".into(), n(FIRST_PROGRESS));
        row.insert("current_step".into(), s(FIRST_STEP));
        self.put_new(row).await
    }

    async fn acquire(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition, StoreError> {
        let taken = self
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
            .expression_attribute_values(":progress", n(FIRST_PROGRESS))
            .expression_attribute_values(":step", s(FIRST_STEP))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match taken {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                mine(&output.attributes.unwrap_or_default())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    refusal(lease, refused.item().cloned().unwrap_or_default())
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let update = self
            .leased(lease)
            .update_expression("SET lease_ms = :over")
            .condition_expression("run_id = :run")
            .expression_attribute_values(":over", n(0));
        let output = update.send().await.map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn mark_failed(&self, lease: &Lease, error: &str) -> Result<(), StoreError> {
        let update = self
            .leased(lease)
            .update_expression(format!(
                "SET #status = :failed, status_pk = :status_pk, #error = :error {DONE}"
            ))
            .condition_expression("run_id = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#error", "error")
            .expression_attribute_values(":failed", s(Status::Failed.as_str()))
            .expression_attribute_values(":status_pk", s(status_pk(&lease.user, Status::Failed)))
            .expression_attribute_values(":error", s(error));
        let output = update.send().await.map_err(failed("UpdateItem"))?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    fn recorder(&self, lease: Lease) -> Box<dyn RecordAnswers> {
        Box::new(Recorder {
            answers: self.clone(),
            lease,
        })
    }
}

/// Takes from the row what is only of use until the answer is there.
const DONE: &str = "REMOVE asked, lease_ms, run_id, progress, current_step, tries";

impl Answers {
    /// An update of a question by who holds it.
    fn leased(&self, lease: &Lease) -> UpdateItemFluentBuilder {
        self.update(Key::answer(&lease.user, lease.id))
            .expression_attribute_values(":run", s(lease.run.as_str()))
    }
}

fn mine(row: &Item) -> Result<Acquisition, StoreError> {
    let part = |name| string(row, name).ok_or_else(|| unreadable(format!("it has no {name}")));
    Ok(Acquisition::Acquired(Box::new(QueuedQuestion {
        ask: answers::from_json(part("asked")?)?,
        answer: answers::from_json(part("answer")?)?,
        tries: number(row, "tries").unwrap_or(1),
    })))
}

fn refusal(lease: &Lease, row: Item) -> Result<Acquisition, StoreError> {
    // A request whose response was lost is sent again by the SDK.
    if string(&row, "run_id") == Some(lease.run.as_str()) {
        return mine(&row);
    }
    let is_running = string(&row, "status") == Some(Status::Processing.as_str());
    let until = number(&row, "lease_ms").filter(|_| is_running);
    let until = until.and_then(|ms| Timestamp::from_millisecond(ms as i64).ok());
    Ok(until.map_or(Acquisition::Finished, Acquisition::Leased))
}

/// Puts the answer into the row that waits for it.
struct Recorder {
    answers: Answers,
    lease: Lease,
}

#[async_trait]
impl RecordAnswers for Recorder {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let Rows { parts, mut row } = rows(user, answer)?;
        // Somebody who held the lease before may have left some.
        for part in parts {
            self.answers.put(part).await?;
        }
        let mut taken = |name| row.remove(name).unwrap_or_else(|| s(""));
        let finish = Update::builder()
            .table_name(&self.answers.table)
            .set_key(Some(Key::answer(user, answer.query_id).attributes()))
            .update_expression(format!(
                "SET answer = :answer, parts = :parts, summary = :summary, #status = :status, status_pk = :status_pk {DONE}"
            ))
            .condition_expression("run_id = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":run", s(self.lease.run.as_str()))
            .expression_attribute_values(":answer", taken("answer"))
            .expression_attribute_values(":parts", taken("parts"))
            .expression_attribute_values(":summary", taken("summary"))
            .expression_attribute_values(":status", taken("status"))
            .expression_attribute_values(":status_pk", taken("status_pk"))
            .build()
            .map_err(|error| unreadable(error.to_string()))?;
        let count = self.answers.usage_update(user, answer)?;
        self.answers.write_both(finish, count).await
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        // A transaction writes everything twice.
        2.0 * self.answers.write_units(user, answer)
    }
}

impl Answers {
    /// Both updates or neither. Another request may count the same user's usage in the same moment: then once more.
    pub(super) async fn write_both(&self, one: Update, other: Update) -> Result<(), StoreError> {
        let items = [one, other].map(|update| TransactWriteItem::builder().update(update).build());
        let mut wait = FIRST_WAIT;
        for left in (0..TRANSACTIONS).rev() {
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
                Err(error) if left > 0 && met_another(&error) => {}
                Err(error) if was_refused(&error) => return Err(StoreError::Conflict),
                Err(error) => return Err(failed("TransactWriteItems")(error)),
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err(StoreError::Conflict)
    }
}

fn met_another<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    has_reason(error, "TransactionConflict")
}

fn was_refused<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    has_reason(error, "ConditionalCheckFailed")
}

/// Whether one of the writes of a transaction was refused for this reason.
fn has_reason<R>(error: &SdkError<TransactWriteItemsError, R>, code: &str) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .any(|reason| reason.code() == Some(code)),
        _ => false,
    }
}
