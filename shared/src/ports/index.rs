//! Port for reading the keyword index, and the index's data types.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::{ChunkId, DocumentHeader, DocumentId, Lead, LibraryId};

/// Collection statistics of a library, used by BM25.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LibraryStatistics {
    /// Index version: grows with every change of the searchable content; 0 for a library that was never written.
    pub version: u64,
    /// Number of chunks.
    pub chunks: u64,
    /// Number of terms in all chunks together, counted with repetition.
    pub terms: u64,
}

/// A posting: the occurrences of one term in one version of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// The document.
    pub document: DocumentId,
    /// Version of the document, from 1.
    pub version: u64,
    /// `(chunk number, impact)` of the chunks with the term, highest impact first; at most
    /// [`Posting::MAX_ENTRIES`].
    pub entries: Vec<(u32, u16)>,
    /// Number of chunks of the document with the term.
    pub chunks: u32,
}

impl Posting {
    /// Maximum number of entries of a posting. Bounds what a search reads.
    pub const MAX_ENTRIES: usize = 32;
}

/// The postings of one term with the highest impact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermPage {
    /// Number of chunks of the library with the term.
    pub document_frequency: u64,
    /// Postings, highest impact first.
    pub postings: Vec<Posting>,
}

/// A chunk of a document as stored.
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
    /// Frequency of each term, titles and headings included.
    pub terms: BTreeMap<String, u32>,
    /// Number of terms, counted with repetition.
    pub length: u32,
}

/// Reads the keyword index. Needs `Query`, `GetItem` and `BatchGetItem` on the knowledge table.
#[async_trait]
pub trait ReadIndex: Send + Sync {
    /// Returns the current statistics of a library (a consistent read).
    async fn statistics(&self, library: &LibraryId) -> Result<LibraryStatistics, StoreError>;

    /// Returns the `limit` postings of a term with the highest impact (a consistent read).
    async fn term(&self, library: &LibraryId, term: &str, limit: usize) -> Result<TermPage, StoreError>;

    /// Returns the chunks with these ids, in any order. Missing chunks are omitted.
    async fn chunks(&self, library: &LibraryId, ids: &[ChunkId])
    -> Result<Vec<(ChunkId, Chunk)>, StoreError>;

    /// Returns the headers of the published documents among these ids (a consistent read), in any order.
    async fn headers(
        &self,
        library: &LibraryId,
        ids: &[DocumentId],
    ) -> Result<Vec<Arc<DocumentHeader>>, StoreError>;
}
