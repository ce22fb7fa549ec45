//! The port to the questions that wait for their answers. The row of a question is its place in the queue.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{RecordAnswers, StoreError};
use crate::domain::{Answer, Ask, QueryId, UserId};

/// Accepts questions whose answers the caller does not wait for. Needs `PutItem` on the queries table.
#[async_trait]
pub trait QueueQuestions: Send + Sync {
    /// Puts a question into the queue; `answer` is what is shown of it until it has been answered.
    async fn enqueue(&self, user: &UserId, ask: &Ask, answer: &Answer) -> Result<(), StoreError>;
}

/// A question that was taken to be answered.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedQuestion {
    /// What is asked, and how it is to be answered.
    pub ask: Ask,
    /// What is shown of it until then.
    pub answer: Answer,
    /// How often it has been taken, this time included.
    pub tries: u64,
}

/// What became of taking a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Acquisition {
    /// It is the taker's until the lease ends.
    Acquired(Box<QueuedQuestion>),
    /// Somebody else has it, until this time at most.
    Leased(Timestamp),
    /// There is nothing to do: it has ended, or is gone.
    Finished,
}

/// The right to answer one question: whoever takes it later ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose question.
    pub user: UserId,
    /// Which one.
    pub id: QueryId,
    /// Who holds it: a name that no other taker has.
    pub run: String,
}

impl Lease {
    /// One that nobody else has.
    pub fn new(user: UserId, id: QueryId) -> Self {
        Self {
            user,
            id,
            run: QueryId::generate().to_string(),
        }
    }
}

/// Works off the questions that wait. Needs `PutItem` and `UpdateItem` on the queries table.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Accepts a question that is answered at once, on this lease; `answer` is what is shown of it until then.
    async fn start(&self, lease: &Lease, answer: &Answer, until: Timestamp) -> Result<(), StoreError>;

    /// Takes a question that waits, or whose lease is over. `until` is when this one will be.
    async fn acquire(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition, StoreError>;

    /// Puts it back: whoever comes next may take it at once.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Ends it without an answer; `error` is shown to the caller.
    async fn mark_failed(&self, lease: &Lease, error: &str) -> Result<(), StoreError>;

    /// Where its answer is recorded: in its row, and in the day's usage, both or neither, as long as the lease is the last.
    fn recorder(&self, lease: Lease) -> Box<dyn RecordAnswers>;
}
