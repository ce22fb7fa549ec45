//! Ports for documents that a worker ingests after the request. One row for each of them is also its queue entry; its
//! content is in further rows.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{documents::WriteDocuments, error::StoreError, queue::Acquisition};
use crate::domain::{DocumentId, DocumentStatus, LibraryId, Upload};

/// A document that waits, is being ingested, or failed, as readers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingDocument {
    /// `Pending`, `Processing` or `Failed`.
    pub status: DocumentStatus,
    /// When it was accepted. A version of the document that is as late or later supersedes it.
    pub accepted_at: Timestamp,
    /// Share of the work that is done, 0 to 1.
    pub progress: f64,
    /// Why it failed, in English; `None` if it did not.
    pub problem: Option<String>,
}

/// Reads documents that wait. Needs `GetItem` on the knowledge table.
#[async_trait]
pub trait ReadPending: Send + Sync {
    /// Returns the document that waits under this id (a consistent read); `None` if none does.
    async fn pending(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<PendingDocument>, StoreError>;
}

/// Accepts documents that a worker ingests later. Needs `GetItem`, `Query`, `BatchGetItem`, `PutItem`, `DeleteItem` and
/// `BatchWriteItem` on the knowledge table.
#[async_trait]
pub trait QueueDocuments: Send + Sync {
    /// Accepts documents; the results have the order of the input. A document replaces one of the same id that was accepted
    /// earlier and still waits. Fails with [`StoreError::BeingDeleted`] while the library is being deleted.
    async fn accept(&self, library: &LibraryId, uploads: &[Upload]) -> Vec<Result<(), StoreError>>;

    /// Removes the documents that wait under these ids, and returns their number. A worker that ingests one of them cannot
    /// publish it any more.
    async fn withdraw(&self, library: &LibraryId, ids: &[DocumentId]) -> Result<usize, StoreError>;
}

/// A lease: the exclusive right to ingest one accepted document. A later lease on the same document invalidates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLease {
    /// The library.
    pub library: LibraryId,
    /// The document.
    pub id: DocumentId,
    /// Id of the acceptance; later ones have greater ids.
    pub acceptance: Ulid,
    /// Unique id of the holder's run.
    pub run: Ulid,
}

impl DocumentLease {
    /// Creates a lease with a new run id.
    pub fn new(library: LibraryId, id: DocumentId, acceptance: Ulid) -> Self {
        Self {
            library,
            id,
            acceptance,
            run: Ulid::generate(),
        }
    }
}

/// A document that a worker acquired, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedDocument {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Hash of its content, as in the header of a stored document.
    pub content_hash: String,
    /// Number of rows with its content.
    pub parts: u64,
    /// How many times it has been acquired, this time included.
    pub attempts: u64,
}

/// The queue of accepted documents from the worker's side. Needs `Query`, `UpdateItem`, `DeleteItem` and `BatchWriteItem` on
/// the knowledge table besides [`WriteDocuments`].
#[async_trait]
pub trait IngestQueue: Send + Sync {
    /// Acquires a document that is pending, or whose lease expired before `now`. The new lease ends at `until`.
    async fn acquire(
        &self,
        lease: &DocumentLease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Acquisition<QueuedDocument>, StoreError>;

    /// Reads the content of a document; `None` if rows of it are missing.
    async fn content(
        &self,
        lease: &DocumentLease,
        queued: &QueuedDocument,
    ) -> Result<Option<Upload>, StoreError>;

    /// Returns a writer whose publication also removes the document from the queue, in one transaction. It does not publish
    /// if the lease was lost. The published version is of the time of the acceptance.
    fn writer(&self, lease: &DocumentLease, queued: &QueuedDocument) -> Arc<dyn WriteDocuments>;

    /// Releases a document, so that it can be acquired again at once. Fails with [`StoreError::Conflict`] if the lease was
    /// lost.
    async fn release(&self, lease: &DocumentLease) -> Result<(), StoreError>;

    /// Marks a document as failed, and deletes its content; `problem` is shown to the caller. Fails with
    /// [`StoreError::Conflict`] if the lease was lost.
    async fn mark_failed(&self, lease: &DocumentLease, problem: &str) -> Result<(), StoreError>;

    /// Removes a document from the queue if the lease is not lost, and deletes the content of this and earlier acceptances.
    async fn finish(&self, lease: &DocumentLease) -> Result<(), StoreError>;

    /// Deletes the content of this and earlier acceptances, which nobody needs any more.
    async fn discard_content(&self, lease: &DocumentLease) -> Result<(), StoreError>;
}
