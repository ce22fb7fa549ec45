//! Ports of what containers share about the health of providers and tables.

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::HealthRun;

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
    /// Whether the health check opened it. Its next run may close such a circuit, and no other.
    pub by_check: bool,
}

/// Shares open circuits between containers. Needs `Query` and `PutItem` on the access table.
#[async_trait]
pub trait ProviderHealth: Send + Sync {
    /// Returns the circuits that are open at `now`.
    async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError>;

    /// Records an open circuit. Never shortens a cooldown that is already recorded.
    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError>;
}

/// What containers share about health.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedHealth {
    /// The last run of the health check; `None` before the first one.
    pub last_run: Option<HealthRun>,
    /// The open circuits.
    pub circuits: Vec<OpenCircuit>,
}

/// Reads what containers share about health. Needs `Query` on the access table.
#[async_trait]
pub trait ReadHealth: Send + Sync {
    /// Returns the last run of the health check, and the circuits that are open at `now`.
    async fn shared_health(&self, now: Timestamp) -> Result<SharedHealth, StoreError>;
}

/// Records what the health check found. Needs `PutItem` on the access table.
#[async_trait]
pub trait RecordHealth: Send + Sync {
    /// Replaces the last run.
    async fn record_run(&self, run: &HealthRun) -> Result<(), StoreError>;

    /// Ends the cooldown of a circuit now. Does nothing if the circuit was opened again since it was read.
    async fn close_circuit(&self, circuit: &OpenCircuit, now: Timestamp) -> Result<(), StoreError>;
}
