//! Port for reading the keyword index, and the index's data types.
//!
//! The index of a library is a set of immutable segments (the model of Lucene). The manifest has one small row for each
//! live segment; one consistent read of it is a snapshot of the library.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::error::StoreError;
use crate::domain::{ChunkId, Language, Lead, LibraryId, Location, PassageHeader};

/// Number of a chunk in its library: chunks of a batch of documents have consecutive ordinals, which are never reused.
pub type Ordinal = u64;

/// Chunks that are not current any more: a superseded version or a deleted document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadChunks {
    /// Ordinal of the first chunk.
    pub first: Ordinal,
    /// Number of chunks.
    pub count: u32,
    /// Number of terms in these chunks, counted with repetition.
    pub terms: u64,
}

impl DeadChunks {
    /// The ordinals of the chunks.
    pub fn ordinals(&self) -> Range<Ordinal> {
        self.first..self.first + Ordinal::from(self.count)
    }
}

/// The manifest row of a live segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Id; later segments have greater ids.
    pub id: Ulid,
    /// Number of publications and deletions whose content the segment holds.
    pub changes: u64,
    /// The ordinals of its chunks: ascending, not adjacent.
    pub ordinals: Vec<Range<Ordinal>>,
    /// Number of its chunks, dead ones included.
    pub chunks: u64,
    /// Number of terms in these chunks, counted with repetition.
    pub terms: u64,
    /// Number of its buckets; 0 for a segment that only marks chunks as dead.
    pub buckets: u32,
    /// Number of its vocabulary rows.
    pub vocabulary: u32,
    /// Bytes of its buckets.
    pub bytes: u64,
    /// The languages of its documents.
    pub languages: BTreeSet<Language>,
    /// Chunks of this or other segments that are not current since the publication of this segment.
    pub dead: Vec<DeadChunks>,
    /// How many documents its publications added, without those that its deletions removed; `None` if earlier releases wrote
    /// a part of it.
    pub documents: Option<i64>,
    /// When the latest of its publications and deletions was.
    pub changed_at: Option<Timestamp>,
    /// The segments that this one was merged from. A reader that sees both ignores them.
    pub replaces: Vec<Ulid>,
}

impl Segment {
    /// A segment without content.
    pub fn empty(id: Ulid) -> Self {
        Self {
            id,
            changes: 1,
            ordinals: Vec::new(),
            chunks: 0,
            terms: 0,
            buckets: 0,
            vocabulary: 0,
            bytes: 0,
            languages: BTreeSet::new(),
            dead: Vec::new(),
            documents: Some(0),
            changed_at: None,
            replaces: Vec::new(),
        }
    }
}

/// A live segment that marks dead chunks which a merge drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmarked {
    /// The segment with all of its marks.
    pub segment: Segment,
    /// The marks that are left.
    pub left: Vec<DeadChunks>,
}

/// The live segments of a library: a snapshot of its content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// The segments, in the order of their ids.
    pub segments: Vec<Segment>,
}

impl Manifest {
    /// Creates a manifest from its rows. Replaced segments that the read still saw are left out.
    pub fn new(mut segments: Vec<Segment>) -> Self {
        let replaced: BTreeSet<Ulid> = segments
            .iter()
            .flat_map(|segment| segment.replaces.iter().copied())
            .collect();
        segments.retain(|segment| !replaced.contains(&segment.id));
        segments.sort_unstable_by_key(|segment| segment.id);
        Self { segments }
    }

    /// Version of the searchable content: grows with every change; 0 for a library that was never written.
    pub fn version(&self) -> u64 {
        self.segments.iter().map(|segment| segment.changes).sum()
    }

    /// Number of current chunks.
    pub fn chunks(&self) -> u64 {
        let all: u64 = self.segments.iter().map(|segment| segment.chunks).sum();
        all.saturating_sub(self.dead().map(|dead| u64::from(dead.count)).sum())
    }

    /// Number of documents; `None` if earlier releases wrote a part of the library.
    pub fn documents(&self) -> Option<u64> {
        let all: Option<i64> = self.segments.iter().map(|segment| segment.documents).sum();
        u64::try_from(all?).ok()
    }

    /// When the library was last changed, as far as this release and later ones wrote it.
    pub fn changed_at(&self) -> Option<Timestamp> {
        self.segments
            .iter()
            .filter_map(|segment| segment.changed_at)
            .max()
    }

    /// Number of terms in the current chunks, counted with repetition.
    pub fn terms(&self) -> u64 {
        let all: u64 = self.segments.iter().map(|segment| segment.terms).sum();
        all.saturating_sub(self.dead().map(|dead| dead.terms).sum())
    }

    /// The languages of the documents, English first, which a question may always be in.
    pub fn languages(&self) -> Vec<Language> {
        let others: BTreeSet<Language> = self
            .segments
            .iter()
            .flat_map(|segment| segment.languages.iter().copied())
            .filter(|language| *language != Language::English)
            .collect();
        [Language::English].into_iter().chain(others).collect()
    }

    /// The chunks that are not current, in any order.
    pub fn dead(&self) -> impl Iterator<Item = &DeadChunks> {
        self.segments.iter().flat_map(|segment| &segment.dead)
    }
}

/// Name of a row of a segment. Terms are spread over the rows by a 32-bit hash; rows sort by the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowName {
    /// The terms whose hash is at least `start` and below the start of the next bucket.
    Bucket {
        /// The lowest hash of the bucket.
        start: u32,
    },
    /// A part of the postings of one frequent term. The blocks of the terms of a bucket follow it, in the order of its entries.
    Block {
        /// The lowest hash of the bucket with the entry of the term.
        bucket: u32,
        /// Position of the entry in the bucket.
        entry: u16,
        /// Position of the block, from 0, best impacts first.
        number: u16,
    },
    /// A part of the words of the segment, by the hash of their first letter.
    Vocabulary {
        /// Position of the part.
        number: u32,
    },
}

/// A row of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// The name.
    pub name: RowName,
    /// The content, in the encoding of `retrieval::segment`.
    pub bytes: Vec<u8>,
}

/// A chunk of a document, as it is cut and indexed.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Position in the document, from 0.
    pub number: u32,
    /// Headings above the chunk, outermost first, joined by ` > `.
    pub context: String,
    /// What introduces the text, where the chunk begins inside a list, table or block of code.
    pub lead: Option<Lead>,
    /// The text with all white space: the chunks of a document concatenated are its text.
    pub text: String,
    /// Start in the document, in code points.
    pub start: usize,
    /// End in the document, exclusive, in code points.
    pub end: usize,
    /// Where parts of the text come from, if the document was parsed from a file.
    pub locations: Vec<Location>,
    /// Frequency of each term, titles and headings included.
    pub terms: BTreeMap<String, u32>,
    /// The words of the chunk in lower case, as a reader would spell them, each with its term.
    pub words: BTreeMap<String, String>,
    /// Number of terms, counted with repetition.
    pub length: u32,
}

/// A chunk as stored, with what a search shows of its document.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredChunk {
    /// The document, its version and the position of the chunk.
    pub id: ChunkId,
    /// What a passage shows of its document.
    pub header: Arc<PassageHeader>,
    /// The language of the document.
    pub language: Language,
    /// Headings above the chunk, outermost first, joined by ` > `.
    pub context: String,
    /// What introduces the text, where the chunk begins inside a list, table or block of code.
    pub lead: Option<Lead>,
    /// The text.
    pub text: String,
    /// Start in the document, in code points.
    pub start: usize,
    /// End in the document, exclusive, in code points.
    pub end: usize,
    /// Where parts of the text come from, if the document was parsed from a file.
    pub locations: Vec<Location>,
    /// Number of terms, counted with repetition.
    pub length: u32,
}

/// Reads the keyword index. Needs `Query` and `BatchGetItem` on the knowledge table.
#[async_trait]
pub trait ReadIndex: Send + Sync {
    /// Returns the live segments of a library (a consistent read).
    async fn manifest(&self, library: &LibraryId) -> Result<Manifest, StoreError>;

    /// Returns rows of segments, in the order of `names`; `None` for a row that does not exist. Rows never change, so they
    /// are read with eventual consistency, and consistently if they seem to be missing.
    async fn segment_rows(
        &self,
        library: &LibraryId,
        names: &[(Ulid, RowName)],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Returns the chunks with these ordinals, in this order; `None` for a chunk that does not exist. Read as
    /// [`ReadIndex::segment_rows`].
    async fn chunks(
        &self,
        library: &LibraryId,
        ordinals: &[Ordinal],
    ) -> Result<Vec<Option<StoredChunk>>, StoreError>;
}
