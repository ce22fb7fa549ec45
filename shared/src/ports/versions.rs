//! The ports to what a question had been answered before it was answered again.

use async_trait::async_trait;

use super::{RecordAnswers, StoreError, StoredAnswer};
use crate::domain::{Answer, QueryId, UserId};

/// Puts new answers in the place of old ones. Needs `PutItem`, `UpdateItem`, `Query` and `BatchWriteItem` on the queries
/// table.
pub trait ReplaceAnswers: Send + Sync {
    /// Where the answer is recorded that takes the place of this one: as the next version, and in the day's usage, both or
    /// neither. Fails with [`StoreError::Conflict`] when the question has been changed meanwhile.
    fn replacing(&self, old: StoredAnswer) -> Box<dyn RecordAnswers>;
}

/// Reads earlier versions. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadVersions: Send + Sync {
    /// `None` when this user has no such version, or it is too old to be kept.
    async fn version(&self, user: &UserId, id: QueryId, version: u64) -> Result<Option<Answer>, StoreError>;
}
