//! Ports for annotations, feedback, deletion, usage and the answer cache.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use super::{answers::StoredAnswer, error::StoreError};
use crate::domain::{Annotations, DayUsage, Feedback, QueryId, UserId};

/// Stores the annotations of answers. Needs `UpdateItem` on the queries table.
#[async_trait]
pub trait AnnotateAnswers: Send + Sync {
    /// Replaces the annotations of an answer and returns its new revision. Fails with [`StoreError::Conflict`] if the
    /// answer is not at `revision` any more, or was deleted.
    async fn annotate(
        &self,
        user: &UserId,
        id: QueryId,
        annotations: &Annotations,
        revision: u64,
    ) -> Result<u64, StoreError>;
}

/// The result of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// Everything was deleted.
    Done,
    /// There was no such question.
    Missing,
    /// The question is still being answered; nothing was deleted.
    Running,
}

/// Deletes questions with their answers, versions, events and feedback. Needs `Query`, `UpdateItem`, `DeleteItem` and
/// `BatchWriteItem` on the queries table.
#[async_trait]
pub trait DeleteAnswers: Send + Sync {
    /// Deletes a question. It is hidden before anything else is deleted. A deletion that fails midway can be repeated.
    async fn delete(&self, user: &UserId, id: QueryId) -> Result<Deletion, StoreError>;
}

/// Stores feedback on answers. Needs `PutItem` on the queries table.
#[async_trait]
pub trait WriteFeedback: Send + Sync {
    /// Stores feedback, replacing the user's earlier feedback on the same answer.
    async fn save(&self, user: &UserId, feedback: &Feedback) -> Result<(), StoreError>;
}

/// Reads the cost of answers. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadUsage: Send + Sync {
    /// Returns the days with answers from `from` to `to`, both inclusive, oldest first.
    async fn usage(&self, user: &UserId, from: Date, to: Date) -> Result<Vec<DayUsage>, StoreError>;
}

/// The answer cache. Needs `Query` and `PutItem` on the queries table.
#[async_trait]
pub trait CacheAnswers: Send + Sync {
    /// Returns the user's cached answer; `None` on a miss, or if the entry expired or the answer was deleted.
    async fn get_cached(
        &self,
        user: &UserId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<StoredAnswer>, StoreError>;

    /// Caches an answer under a key until a time.
    async fn put_cached(
        &self,
        user: &UserId,
        key: &str,
        id: QueryId,
        until: Timestamp,
    ) -> Result<(), StoreError>;
}
