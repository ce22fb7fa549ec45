//! Ports for asynchronous questions. The row of a question is also its queue entry.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{answers::RecordAnswers, error::StoreError};
use crate::domain::{Answer, Ask, QueryId, QueryStatus, Step, UserId};

/// Enqueues asynchronous questions. Needs `PutItem` on the queries table.
#[async_trait]
pub trait QueueQuestions: Send + Sync {
    /// Enqueues a question. Readers see `answer` until the question is answered.
    async fn enqueue(&self, user: &UserId, ask: &Ask, answer: &Answer) -> Result<(), StoreError>;
}

/// Cancels questions. Needs `UpdateItem` on the queries table.
#[async_trait]
pub trait CancelQuestions: Send + Sync {
    /// Cancels a question and returns its status: `cancelled` if it was pending; still running if its holder is to stop,
    /// which takes about a second; as it was if it had ended. `None` if this user has no question with this id.
    async fn cancel(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError>;
}

/// A question that a worker acquired.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedQuestion {
    /// The question and its options.
    pub ask: Ask,
    /// The placeholder that readers see until the question is answered.
    pub answer: Answer,
    /// How many times the question has been acquired, this time included.
    pub attempts: u64,
}

/// The result of trying to acquire something that is queued, such as a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Acquisition<T> {
    /// The caller holds it until its lease ends.
    Acquired(Box<T>),
    /// Another worker holds it, at the latest until this time.
    Leased(Timestamp),
    /// There is nothing to do: it is done, failed or deleted.
    Finished,
}

/// A lease: the exclusive right to answer one question. A later lease on the same question invalidates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The user who asked.
    pub user: UserId,
    /// The question.
    pub id: QueryId,
    /// Unique id of the holder's run.
    pub run: String,
}

impl Lease {
    /// Creates a lease with a new run id.
    pub fn new(user: UserId, id: QueryId) -> Self {
        Self {
            user,
            id,
            run: QueryId::generate().to_string(),
        }
    }
}

/// The question queue from the worker's side. Needs `PutItem` and `UpdateItem` on the queries table.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Inserts a question that the caller answers itself, leased until `until`. Readers see `answer` until then.
    async fn start(&self, lease: &Lease, answer: &Answer, until: Timestamp) -> Result<(), StoreError>;

    /// Acquires a question that is pending, or whose lease expired before `now`. The new lease ends at `until`.
    async fn acquire(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedQuestion>, StoreError>;

    /// Shows the step that a question is at. Returns whether its holder is to stop, because the question was cancelled or
    /// deleted or the lease was lost.
    async fn report(&self, lease: &Lease, step: Step) -> Result<bool, StoreError>;

    /// Releases a question, so that it can be acquired again at once. Fails with [`StoreError::Conflict`] if the lease
    /// was lost.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Marks a question as failed; `error` is shown to the caller. Fails with [`StoreError::Conflict`] if the lease was
    /// lost.
    async fn mark_failed(&self, lease: &Lease, error: &str) -> Result<(), StoreError>;

    /// Returns a recorder that stores the answer and its usage in one transaction. It fails with
    /// [`StoreError::Conflict`] if the lease was lost.
    fn recorder(&self, lease: Lease) -> Box<dyn RecordAnswers>;
}
