//! Ports for reading, listing, writing and repairing documents.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    error::StoreError,
    index::{Chunk, Posting},
    page::Page,
};
use crate::domain::{DocumentHeader, DocumentId, LibraryId};

/// Reads documents. Needs `GetItem` and `Query` on the knowledge table.
#[async_trait]
pub trait ReadDocuments: Send + Sync {
    /// Returns the header of the current version; `None` if no version of the document is published.
    async fn header(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<DocumentHeader>, StoreError>;

    /// Returns the text of the header's version, joined from its chunks; `None` if the chunks were deleted.
    async fn text(&self, library: &LibraryId, header: &DocumentHeader) -> Result<Option<String>, StoreError>;
}

/// Lists documents. Needs `Query` on the knowledge table.
#[async_trait]
pub trait ListDocuments: Send + Sync {
    /// Returns at most `limit` documents in the order of their ids, starting after `after`.
    async fn list(
        &self,
        library: &LibraryId,
        after: Option<&DocumentId>,
        limit: usize,
    ) -> Result<Page<DocumentHeader>, StoreError>;
}

/// A reserved version of a document: the holder may write its chunks and postings.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionReservation {
    /// The version to write.
    pub version: u64,
    /// Whether this reservation supersedes a write that never finished. The earlier writer may still be running, so the
    /// document stays marked as unfinished until the sweep, which runs after every writer has ended.
    pub superseded: bool,
}

/// A document with an unfinished write: one that is in progress or whose writer crashed.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfinishedDocument {
    /// The library.
    pub library: LibraryId,
    /// The document.
    pub document: DocumentId,
    /// When its last write began, in milliseconds since the epoch.
    pub since_ms: u64,
}

/// The stored chunk rows of one version of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRows {
    /// The version.
    pub version: u64,
    /// The chunks that exist; a partial write or deletion leaves fewer than the document has.
    pub chunks: Vec<Chunk>,
}

/// A change of the collection statistics that BM25 uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StatisticsChange {
    /// Change of each term's document frequency, counted in chunks.
    pub document_frequency: BTreeMap<String, i64>,
    /// Change of the number of chunks.
    pub chunks: i64,
    /// Change of the number of terms in all chunks.
    pub terms: i64,
}

/// Writes documents and their index. Needs `GetItem`, `Query`, `UpdateItem`, `DeleteItem` and `BatchWriteItem` on the
/// knowledge table.
///
/// The order of writes keeps readers consistent: the chunks of the new version, its postings, then the header; then the
/// old version's postings are deleted, then its chunks. Every posting therefore has chunk rows from which its key can be
/// derived.
#[async_trait]
pub trait WriteDocuments: ReadDocuments {
    /// Reserves the next version of a document and marks the document as unfinished since `now`. With `delete`, the
    /// document is unpublished in the same write; returns `None` if it is not published.
    async fn reserve(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        now: Timestamp,
        delete: bool,
    ) -> Result<Option<VersionReservation>, StoreError>;

    /// Writes the chunks of a reserved version.
    async fn put_chunks(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError>;

    /// Writes `(term, posting)` pairs of a reserved version.
    async fn put_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError>;

    /// Deletes postings.
    async fn delete_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError>;

    /// Deletes the chunks of a version.
    async fn delete_chunks(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError>;

    /// Publishes the version that `header` names: it becomes the current one. Fails with [`StoreError::Conflict`] if a
    /// later reservation superseded it.
    async fn publish(&self, library: &LibraryId, header: &DocumentHeader) -> Result<(), StoreError>;

    /// Clears the unfinished mark if `version` is still the last reserved one; otherwise does nothing.
    async fn finish(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError>;

    /// Deletes the header of a deleted document if `version` is still the last reserved one; otherwise does nothing.
    async fn forget(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError>;

    /// Returns every version that has chunk rows.
    async fn versions(&self, library: &LibraryId, id: &DocumentId) -> Result<Vec<VersionRows>, StoreError>;

    /// Adds a change to the statistics. Not atomic: a crash in the middle leaves the counts slightly off until the sweep
    /// recounts them.
    async fn add_statistics(&self, library: &LibraryId, change: &StatisticsChange) -> Result<(), StoreError>;

    /// Increments the index version of a library, so that searches drop what they cached.
    async fn bump_version(&self, library: &LibraryId) -> Result<(), StoreError>;
}

/// Finds and repairs documents that crashed writers left unfinished. Needs `Scan` on the index `unfinished` and
/// `BatchGetItem` besides [`WriteDocuments`].
#[async_trait]
pub trait SweepDocuments: WriteDocuments {
    /// Returns the documents whose last write began before `before_ms` (milliseconds since the epoch) and is unfinished.
    async fn unfinished(&self, before_ms: u64) -> Result<Vec<UnfinishedDocument>, StoreError>;

    /// Returns the current version, if one is published, and the last reserved version; `None` if there is no header.
    async fn last_versions(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<(Option<u64>, u64)>, StoreError>;

    /// Recounts the document frequency of a term from its postings.
    async fn recount_term(&self, library: &LibraryId, term: &str) -> Result<(), StoreError>;

    /// Recounts the statistics of a library from its document headers.
    async fn recount_library(&self, library: &LibraryId) -> Result<(), StoreError>;
}
