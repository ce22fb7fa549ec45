//! Port for idempotency keys and the stored responses of requests.

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::UserId;

/// Stores responses under the idempotency keys of their requests. Needs `PutItem` on the access table.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Claims a key for a request if it is free. A claim whose lease has expired is abandoned; the same request may
    /// acquire it again.
    async fn claim(&self, claim: &KeyClaim<'_>, now: Timestamp) -> Result<IdempotencyClaim, StoreError>;

    /// Stores the response until a time. Fails with [`StoreError::Conflict`] if another run holds the key by now.
    async fn complete(
        &self,
        claim: &KeyClaim<'_>,
        response: &StoredResponse,
        until: Timestamp,
    ) -> Result<(), StoreError>;

    /// Frees the key for any request. Fails with [`StoreError::Conflict`] if another run holds the key by now.
    async fn release(&self, claim: &KeyClaim<'_>) -> Result<(), StoreError>;
}

/// A claim on an idempotency key by one run of a request.
#[derive(Debug, Clone, Copy)]
pub struct KeyClaim<'a> {
    /// The owner of the key; keys of different users do not collide.
    pub user: &'a UserId,
    /// The idempotency key.
    pub key: &'a str,
    /// Digest of the request.
    pub request: &'a str,
    /// Unique id of this run.
    pub run: &'a str,
    /// When the lease ends: by then the run has certainly ended.
    pub lease: Timestamp,
}

/// The result of claiming an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyClaim {
    /// This run holds the key.
    Acquired,
    /// Another run of the same request holds the key and has not completed.
    InProgress,
    /// The same request completed with this response.
    Replay(StoredResponse),
    /// The key was used for a different request.
    KeyReused,
}

/// A stored HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status code.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl StoredResponse {
    /// Maximum length of a stored body, in bytes. A DynamoDB item holds 400 KB.
    pub const MAX_BYTES: usize = 350_000;
}
