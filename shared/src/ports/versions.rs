//! Ports for the version history of answers.

use async_trait::async_trait;

use super::{
    answers::{RecordAnswers, StoredAnswer},
    error::StoreError,
};
use crate::domain::{Answer, QueryId, UserId};

/// Replaces answers by new versions. Needs `PutItem`, `UpdateItem`, `Query` and `BatchWriteItem` on the queries table.
pub trait ReplaceAnswers: Send + Sync {
    /// Returns a recorder that stores an answer as the next version of `old`, and its usage, in one transaction. It fails
    /// with [`StoreError::Conflict`] if the question was changed meanwhile.
    fn replacing(&self, old: StoredAnswer) -> Box<dyn RecordAnswers>;
}

/// Reads earlier versions of answers. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadVersions: Send + Sync {
    /// Returns an earlier version; `None` if this user has no such version, or it was too old to be kept.
    async fn version(&self, user: &UserId, id: QueryId, version: u64) -> Result<Option<Answer>, StoreError>;
}
