//! Port implementations for a standalone process, such as the command line: no shared state, no spend ledger and no
//! parameter store.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{router::Router, settings::Settings};
use crate::ports::{
    Cap, OpenCircuit, ProviderHealth, Reservation, SecretError, Secrets, Spend, SpendLedger, StoreError,
};

/// No-op provider health, spend ledger and secrets: no shared circuits, every reservation is granted, no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Standalone;

impl Router {
    /// Creates a router of a standalone process, which reads API keys from `secrets`.
    pub fn standalone(settings: Settings, secrets: Arc<dyn Secrets>) -> Self {
        Self::new(settings, Arc::new(Standalone), Arc::new(Standalone), secrets)
    }
}

#[async_trait]
impl ProviderHealth for Standalone {
    async fn open_circuits(&self, _now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
        Ok(Vec::new())
    }

    async fn record_open_circuit(&self, _circuit: &OpenCircuit) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl SpendLedger for Standalone {
    async fn reserve(
        &self,
        _reservation: &Reservation,
        _cap: Cap,
        _now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn settle(&self, _reservation: &Reservation, _spent: Spend) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Secrets for Standalone {
    async fn get(&self, _parameter: &str) -> Result<SecretString, SecretError> {
        Err(SecretError::Missing)
    }
}
