//! Ports for reading, listing, writing and repairing documents.

use std::ops::Range;

use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    error::StoreError,
    index::{Chunk, DeadChunks, Ordinal, ReadIndex, RowName, Segment, SegmentRow, Unmarked},
    page::Page,
};
use crate::domain::{DocumentHeader, DocumentId, Language, LibraryId};

/// The header of a document with the place of its chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedHeader {
    /// The header.
    pub header: DocumentHeader,
    /// Ordinal of the first chunk.
    pub first: Ordinal,
}

impl PlacedHeader {
    /// The chunks of this version, to be marked as dead.
    pub fn as_dead(&self) -> DeadChunks {
        DeadChunks {
            first: self.first,
            count: self.header.chunks,
            terms: self.header.terms,
        }
    }
}

/// Reads documents. Needs `GetItem` and `Query` on the knowledge table.
#[async_trait]
pub trait ReadDocuments: Send + Sync {
    /// Returns the header of the current version; `None` if there is no such document.
    async fn header(&self, library: &LibraryId, id: &DocumentId) -> Result<Option<PlacedHeader>, StoreError>;

    /// Returns the text of the header's version, joined from its chunks; `None` if the chunks were deleted.
    async fn text(&self, library: &LibraryId, header: &PlacedHeader) -> Result<Option<String>, StoreError>;
}

/// Lists documents. Needs `Query` on the knowledge table.
#[async_trait]
pub trait ListDocuments: Send + Sync {
    /// Returns at most `limit` documents whose ids begin with `prefix`, in the order of their ids, starting after `after`.
    async fn list(
        &self,
        library: &LibraryId,
        prefix: &str,
        after: Option<&DocumentId>,
        limit: usize,
    ) -> Result<Page<DocumentHeader>, StoreError>;
}

/// Rows that no reader needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Segments, with their number of buckets.
    pub segments: Vec<(Ulid, u32)>,
    /// Ordinals of chunks.
    pub chunks: Vec<Range<Ordinal>>,
}

impl Garbage {
    /// Whether there is nothing to delete.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.chunks.is_empty()
    }
}

/// An entry of the journal: what remains to be deleted if its writer dies. It is written before the first row of a write,
/// and replaced by what the write made superfluous in the transaction that publishes it.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Id; the time in it is when the write began.
    pub id: Ulid,
    /// The library.
    pub library: LibraryId,
    /// What to delete.
    pub garbage: Garbage,
}

/// Ordinals that a writer has reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// The first one.
    pub first: Ordinal,
    /// How often a library of this name had been deleted by then.
    pub deletions: u64,
}

/// A document of a publication.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// The header and the place of the new version.
    pub placed: PlacedHeader,
    /// The version that it replaces; `None` if there is no such document yet.
    pub previous: Option<u64>,
}

/// What one transaction makes visible: a segment, with the documents in it.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The segment. Its id is that of the journal entry.
    pub segment: Segment,
    /// The documents; at most [`Publication::MAX_DOCUMENTS`].
    pub documents: Vec<NewDocument>,
    /// The version of the document that is deleted, if any.
    pub deleted: Option<(DocumentId, u64)>,
    /// What becomes superfluous.
    pub garbage: Garbage,
}

impl Publication {
    /// Maximum number of documents: a transaction has at most 100 writes.
    pub const MAX_DOCUMENTS: usize = 50;
}

/// The result of a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// It is visible.
    Done,
    /// Nothing changed: these documents (their position) have another version than expected. For a deletion, the position
    /// is 0.
    Changed(Vec<usize>),
    /// Nothing changed: the sweep or another merge was faster.
    Superseded,
}

/// Writes documents and their index. Needs `GetItem`, `Query`, `BatchGetItem`, `PutItem`, `UpdateItem`, `DeleteItem` and
/// `BatchWriteItem` on the knowledge table.
///
/// The order of writes: the journal entry, then chunks and segment, then the publication, then the deletion of what it made
/// superfluous, then the deletion of the journal entry.
#[async_trait]
pub trait WriteDocuments: ReadDocuments + ReadIndex {
    /// Returns the headers of the documents that exist among these ids (a consistent read), in any order.
    async fn headers(&self, library: &LibraryId, ids: &[DocumentId])
    -> Result<Vec<PlacedHeader>, StoreError>;

    /// Reserves consecutive ordinals. Fails with [`StoreError::BeingDeleted`] while the library is being deleted. The first
    /// writer of a library also enters it into the list of libraries.
    async fn reserve_ordinals(&self, library: &LibraryId, count: u64) -> Result<Reserved, StoreError>;

    /// Fails with [`StoreError::BeingDeleted`] if a deletion of the library has begun since the ordinals were reserved.
    async fn check_reserved(&self, library: &LibraryId, reserved: Reserved) -> Result<(), StoreError>;

    /// Writes a journal entry.
    async fn begin(&self, entry: &JournalEntry) -> Result<(), StoreError>;

    /// Writes the chunks of documents, each with its language. The first chunk of each has the ordinal of its header.
    async fn put_chunks(
        &self,
        library: &LibraryId,
        documents: &[(&PlacedHeader, Language, &[Chunk])],
    ) -> Result<(), StoreError>;

    /// Writes rows of a segment.
    async fn put_segment_rows(
        &self,
        library: &LibraryId,
        segment: Ulid,
        rows: Vec<SegmentRow>,
    ) -> Result<(), StoreError>;

    /// Returns the buckets and blocks of a segment in the order of their names, from the beginning or after `after`, about 1 MB
    /// at most, and whether there are more.
    async fn scan_segment(
        &self,
        library: &LibraryId,
        segment: &Segment,
        after: Option<RowName>,
    ) -> Result<(Vec<SegmentRow>, bool), StoreError>;

    /// Publishes, in one transaction: it fails or takes effect as a whole.
    async fn publish(&self, library: &LibraryId, publication: &Publication) -> Result<Published, StoreError>;

    /// Replaces the segments that `merged` names by it and removes marks from others, in one transaction. The replaced
    /// segments become the garbage of the journal entry.
    async fn swap(
        &self,
        library: &LibraryId,
        merged: &Segment,
        replaced: &[Segment],
        unmarked: &[Unmarked],
    ) -> Result<Published, StoreError>;

    /// Deletes rows that no reader needs.
    async fn discard(&self, library: &LibraryId, garbage: &Garbage) -> Result<(), StoreError>;

    /// Deletes a journal entry.
    async fn finish(&self, entry: Ulid) -> Result<(), StoreError>;

    /// Notes that segments of the library wait to be merged, and takes the lease on merging until `until`; false if another
    /// writer holds it at `now`.
    async fn acquire_merging(
        &self,
        library: &LibraryId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the lease back. The note stays if `is_done` is false, or if another writer noted the library meanwhile; then
    /// returns false.
    async fn release_merging(&self, library: &LibraryId, is_done: bool) -> Result<bool, StoreError>;
}

/// Finds what dead writers left. Needs `Query` on the knowledge table besides [`WriteDocuments`].
#[async_trait]
pub trait SweepDocuments: WriteDocuments {
    /// Returns at most 100 journal entries that began before `before`, oldest first, after the entry `after`.
    async fn journal(&self, before: Timestamp, after: Option<Ulid>) -> Result<Vec<JournalEntry>, StoreError>;

    /// Takes a journal entry from its writer, which cannot publish any more; false if the entry is gone or has been published
    /// since it was read.
    async fn claim(&self, entry: &JournalEntry) -> Result<bool, StoreError>;

    /// Returns the libraries whose segments wait to be merged.
    async fn waiting_for_merge(&self) -> Result<Vec<LibraryId>, StoreError>;
}
