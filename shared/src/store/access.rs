//! The access table: spending, open circuits and idempotency keys.

use aws_sdk_dynamodb::Client;

/// The access table. Implements [`crate::ports::ProviderHealth`], [`crate::ports::SpendLedger`] and
/// [`crate::ports::Idempotency`].
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) client: Client,
    pub(super) table: String,
}

impl Access {
    /// Creates an adapter for a table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }
}
