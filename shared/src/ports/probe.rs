//! Port of the health checks.

use async_trait::async_trait;

use super::error::StoreError;

/// A health check of one dependency.
#[async_trait]
pub trait Probe: Send + Sync {
    /// The name of the dependency, such as `dynamodb.queries`.
    fn name(&self) -> String;

    /// Makes one cheap call. Returns `Ok` if the dependency responds.
    async fn probe(&self) -> Result<(), StoreError>;
}
