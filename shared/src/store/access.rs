//! The access table: who may do how much, and which providers rest.

use super::Client;

/// The access table. Its ports are [`crate::ports::ProviderHealth`] and [`crate::ports::SpendLedger`].
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
