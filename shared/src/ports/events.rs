//! Ports for the stored events of answer streams. Events are kept for one hour so that clients can resume.

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::{EncodedEvent, QueryId, UserId};

/// Stores events. Needs `PutItem` on the queries table.
#[async_trait]
pub trait WriteEvents: Send + Sync {
    /// Stores consecutive events of a question until a time. `first` is the number of the first one, counted from 1.
    async fn write_events(
        &self,
        user: &UserId,
        id: QueryId,
        first: u64,
        events: &[EncodedEvent],
        until: Timestamp,
    ) -> Result<(), StoreError>;
}

/// Reads events. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadEvents: Send + Sync {
    /// Returns the stored events of a question with their numbers, in order.
    async fn events(&self, user: &UserId, id: QueryId) -> Result<Vec<(u64, EncodedEvent)>, StoreError>;
}
