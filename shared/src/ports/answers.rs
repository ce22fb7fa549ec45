//! Ports for storing, reading and listing answers.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{error::StoreError, page::Page};
use crate::domain::{Answer, AnswerSummary, QueryId, QueryStatus, Status, UserId};

/// Stores answers. Needs `PutItem` and `UpdateItem` on the queries table.
#[async_trait]
pub trait RecordAnswers: Send + Sync {
    /// Stores an answer, then adds its cost to the user's usage of the day, once. Fails with [`StoreError::Conflict`] if
    /// another answer with this id exists. An answer that is stored and cannot be counted is a success, and logged.
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError>;

    /// Estimates the DynamoDB write request units of storing this answer, from its size.
    fn write_units(&self, user: &UserId, answer: &Answer) -> f64;
}

/// A stored answer with its revision and version.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// The current answer, with the caller's annotations.
    pub answer: Answer,
    /// Number of changes to the stored row, annotations included; the `ETag` of the answer.
    pub revision: u64,
    /// How many times the question has been answered, from 1.
    pub version: u64,
}

/// Reads one answer. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadAnswers: Send + Sync {
    /// Returns the current answer; `None` if this user has no answer with this id.
    async fn get(&self, user: &UserId, id: QueryId) -> Result<Option<StoredAnswer>, StoreError>;

    /// Returns the status and progress of a question; `None` if this user has no question with this id.
    async fn query_status(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError>;
}

/// Filters of a list of answers. `None` means no filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnswerFilter {
    /// Only answers with this status.
    pub status: Option<Status>,
    /// Only questions asked at or after this time.
    pub from: Option<Timestamp>,
    /// Only questions asked before this time.
    pub to: Option<Timestamp>,
}

/// Lists answers. Needs `Query` on the queries table and its index `by_status`.
#[async_trait]
pub trait ListAnswers: Send + Sync {
    /// Returns at most `limit` answers, newest first. With `before`, only answers older than that id.
    async fn list(
        &self,
        user: &UserId,
        filter: AnswerFilter,
        before: Option<QueryId>,
        limit: usize,
    ) -> Result<Page<AnswerSummary>, StoreError>;
}
