//! For a program that runs alone, such as the command line: it shares nothing, keeps no accounts
//! and has no store of parameters.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::ports::{
    Cap, Hold, ProviderHealth, Resting, SecretError, Secrets, Spend, SpendLedger, StoreError,
};

/// Knows of nobody else, and lets everything be spent.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

#[async_trait]
impl ProviderHealth for Alone {
    async fn resting(&self, _now: Timestamp) -> Result<Vec<Resting>, StoreError> {
        Ok(Vec::new())
    }

    async fn rest(&self, _resting: &Resting) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl SpendLedger for Alone {
    async fn reserve(&self, _hold: &Hold, _cap: Cap, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn settle(&self, _hold: &Hold, _spent: Spend) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Secrets for Alone {
    async fn get(&self, _parameter: &str) -> Result<SecretString, SecretError> {
        Err(SecretError::Missing)
    }
}
