//! The ports to the events of streams, which are kept for an hour for those who lost their connection.

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::domain::{EncodedEvent, QueryId, UserId};

/// Keeps events. Needs `PutItem` on the queries table.
#[async_trait]
pub trait WriteEvents: Send + Sync {
    /// Keeps events of a question, the first of which has this number.
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
    /// The events of a question that are kept, with their numbers, in order.
    async fn events(&self, user: &UserId, id: QueryId) -> Result<Vec<(u64, EncodedEvent)>, StoreError>;
}
