//! The port to requests that may be sent again.

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::domain::UserId;

/// Keeps the responses of requests by the keys that their callers chose. Needs `PutItem` on the access table.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Takes a key for a request, unless it is taken. A run that did not end by its lease is dead, and the same request
    /// may take the key over.
    async fn claim(&self, claim: &KeyClaim<'_>, now: Timestamp) -> Result<IdempotencyClaim, StoreError>;

    /// Keeps the response until a time, if the key is still this run's.
    async fn complete(
        &self,
        claim: &KeyClaim<'_>,
        response: &StoredResponse,
        until: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives the key back, for any request.
    async fn release(&self, claim: &KeyClaim<'_>) -> Result<(), StoreError>;
}

/// A run that wants a key.
#[derive(Debug, Clone, Copy)]
pub struct KeyClaim<'a> {
    /// Whose key it is.
    pub user: &'a UserId,
    /// The key.
    pub key: &'a str,
    /// A digest of the request.
    pub request: &'a str,
    /// What tells this run from others.
    pub run: &'a str,
    /// When it will have ended for certain.
    pub lease: Timestamp,
}

/// Whose a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyClaim {
    /// This run's.
    Acquired,
    /// The same request has it, and is not done.
    InProgress,
    /// The same request had it, with this response.
    Replay(StoredResponse),
    /// Another request has it.
    KeyReused,
}

/// A response as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl StoredResponse {
    /// The longest body that is kept, in bytes: a row holds 400 KB.
    pub const MAX_BYTES: usize = 350_000;
}
