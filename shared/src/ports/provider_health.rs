//! Port for sharing open circuits between containers.

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;

/// An open circuit: a provider's model that must not be called for a while after failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCircuit {
    /// Name of the provider in the configuration.
    pub provider: String,
    /// Name of the model.
    pub model: String,
    /// When the cooldown ends: the model must not be called earlier.
    pub until: Timestamp,
    /// The failure, worded like the outcome of an attempt.
    pub reason: String,
}

/// Shares open circuits between containers. Needs `Query` and `PutItem` on the access table.
#[async_trait]
pub trait ProviderHealth: Send + Sync {
    /// Returns the circuits that are open at `now`.
    async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError>;

    /// Records an open circuit. Never shortens a cooldown that is already recorded.
    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError>;
}
