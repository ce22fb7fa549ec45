//! Ports for libraries: listing them, and deleting one with everything in it.

use std::ops::Range;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    documents::SweepDocuments,
    error::StoreError,
    index::{Ordinal, Segment},
    page::Page,
};
use crate::domain::{Library, LibraryId};

/// Lists libraries. Needs `Query` on the knowledge table.
#[async_trait]
pub trait ListLibraries: Send + Sync {
    /// Returns at most `limit` libraries in the order of their names, starting after `after`.
    async fn list(&self, after: Option<&LibraryId>, limit: usize) -> Result<Page<Library>, StoreError>;
}

/// The result of closing a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// There is no library of this name.
    Missing,
    /// Somebody else deletes it.
    Held,
    /// The caller deletes it. Holds the ordinal after its last chunk.
    Acquired(Ordinal),
}

/// Deletes libraries, step by step. Each step can be repeated. Needs `GetItem`, `Query`, `BatchGetItem`, `PutItem`,
/// `UpdateItem`, `DeleteItem` and `BatchWriteItem` on the knowledge table.
#[async_trait]
pub trait DeleteLibraries: SweepDocuments {
    /// Closes a library: writers that come later fail with [`StoreError::BeingDeleted`]. The caller deletes it, unless somebody
    /// else does who has begun after `before`: two at once could delete what is written after the faster one has ended.
    async fn close(&self, library: &LibraryId, before: Timestamp) -> Result<Closing, StoreError>;

    /// Leaves the rest of a deletion to whoever comes next.
    async fn release(&self, library: &LibraryId) -> Result<(), StoreError>;

    /// Deletes the manifest rows of segments.
    async fn drop_segments(&self, library: &LibraryId, segments: &[Segment]) -> Result<(), StoreError>;

    /// Deletes the headers of documents, about 1 MB of them; returns whether none is left.
    async fn drop_headers(&self, library: &LibraryId) -> Result<bool, StoreError>;

    /// Deletes the chunks with these ordinals.
    async fn drop_chunks(&self, library: &LibraryId, ordinals: Range<Ordinal>) -> Result<(), StoreError>;

    /// Deletes documents that wait, and crawls, those of about 1 MB of notes; returns whether none is left.
    async fn drop_waiting(&self, library: &LibraryId) -> Result<bool, StoreError>;

    /// Ends the deletion, in one transaction: the library is not listed any more, and can be written again. Its counter of
    /// ordinals remains for a day, so that no writer from before the deletion can use an ordinal twice.
    async fn forget(&self, library: &LibraryId) -> Result<(), StoreError>;

    /// Returns the libraries that are being deleted.
    async fn closed(&self) -> Result<Vec<LibraryId>, StoreError>;
}
