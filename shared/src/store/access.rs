//! The access table: who may do how much, which providers rest, and which requests were carried out.

use super::Client;

/// The access table. Its ports are [`crate::ports::ProviderHealth`],
/// [`crate::ports::SpendLedger`] and [`crate::ports::Idempotency`].
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) client: Client,
    pub(super) table: String,
}

impl Access {
    /// Over this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }
}
