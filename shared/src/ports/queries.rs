//! The ports to what is kept of questions after they were answered.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use super::StoreError;
use crate::domain::{Annotations, Answer, DayUsage, Feedback, QueryId, UserId};

/// Keeps what callers add to their answers. Needs `UpdateItem` on the queries table.
#[async_trait]
pub trait AnnotateAnswers: Send + Sync {
    /// Puts these in the place of what was added before, and gives the new revision. Fails with
    /// [`StoreError::Conflict`] when the answer is not of this revision any more, or gone.
    async fn annotate(
        &self,
        user: &UserId,
        id: QueryId,
        annotations: &Annotations,
        revision: u64,
    ) -> Result<u64, StoreError>;
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// There is nothing left of it.
    Done,
    /// There was none.
    Missing,
    /// It is still being answered, so nothing was done.
    Running,
}

/// Deletes questions with everything that came of them. Needs `Query`, `UpdateItem`, `DeleteItem` and
/// `BatchWriteItem` on the queries table.
#[async_trait]
pub trait DeleteAnswers: Send + Sync {
    /// Nobody sees the question from the first moment on. A deletion that fails in the middle can be repeated until
    /// nothing is left.
    async fn delete(&self, user: &UserId, id: QueryId) -> Result<Deletion, StoreError>;
}

/// Keeps how useful answers were. Needs `PutItem` on the queries table.
#[async_trait]
pub trait WriteFeedback: Send + Sync {
    /// In the place of what the user said before.
    async fn keep(&self, user: &UserId, feedback: &Feedback) -> Result<(), StoreError>;
}

/// Reads what answers cost. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadUsage: Send + Sync {
    /// The days from `from` to `to`, both included, on which the user had answers; the oldest first.
    async fn usage(&self, user: &UserId, from: Date, to: Date) -> Result<Vec<DayUsage>, StoreError>;
}

/// Remembers which answer a question had. Needs `Query` and `PutItem` on the queries table.
#[async_trait]
pub trait CacheAnswers: Send + Sync {
    /// The answer that the user had under this key; `None` when there was none, its time is over or it was deleted.
    async fn get_cached(
        &self,
        user: &UserId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Answer>, StoreError>;

    /// Lets the key stand for an answer until a time.
    async fn put_cached(
        &self,
        user: &UserId,
        key: &str,
        id: QueryId,
        until: Timestamp,
    ) -> Result<(), StoreError>;
}
