//! What is outside, as traits: one for each permission that a function needs. A function's ports are its IAM policy.

mod events;
mod idempotency;
mod models;
mod queries;
mod queue;
mod versions;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::{
    Answer, AnswerSummary, ChunkId, DocumentHeader, DocumentId, LibraryId, Passage, QueryId, QueryStatus,
    Question, Status, UserId,
};

pub use events::{ReadEvents, WriteEvents};
pub use idempotency::{Idempotency, IdempotencyClaim, KeyClaim, StoredResponse};
pub use models::{
    Account, Cap, EmbedOutcome, Embedder, GenerateOutcome, GenerateRequest, Llm, LlmError, OpenCircuit,
    ProviderHealth, RESERVATION_LIFE, Reservation, SecretError, Secrets, Spend, SpendLedger,
};
pub use queries::{AnnotateAnswers, CacheAnswers, DeleteAnswers, Deletion, ReadUsage, WriteFeedback};
pub use queue::{Acquisition, Lease, QueueQuestions, QueuedQuestion, WorkQueue};
pub use versions::{ReadVersions, ReplaceAnswers};

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection, or the store answered with a failure of its own. Worth trying again later.
    #[error("{operation}: the store is unavailable")]
    Unavailable {
        /// The call that failed.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store asked for fewer calls.
    #[error("{operation}: the store is throttling")]
    Throttled {
        /// The call that failed.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No answer in time.
    #[error("{operation}: the store did not answer in time")]
    TimedOut {
        /// The call that failed.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store refused the call for good: a missing table or permission, or a fault of ours.
    #[error("{operation}: the store rejected the call")]
    Rejected {
        /// The call that failed.
        operation: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another writer was first.
    #[error("the item was changed meanwhile")]
    Conflict,
    /// A row that cannot be read.
    #[error("a stored {row} cannot be read: {reason}")]
    Corrupt {
        /// The kind of row.
        row: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a lane found nothing to give.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The store behind it failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else failed.
    #[error("{0}")]
    Failed(String),
}

/// What a lane found.
#[derive(Debug, Clone, Default)]
pub struct LaneResult {
    /// Best first.
    pub passages: Vec<Passage>,
    /// How much each term of the question tells (its inverse document frequency), where the lane knows.
    pub weights: BTreeMap<String, f64>,
}

/// One way of finding passages.
#[async_trait]
pub trait Lane: Send + Sync {
    /// Finds at most `top_k` passages for the question.
    async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError>;
}

#[async_trait]
impl<L: Lane + ?Sized> Lane for Arc<L> {
    async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError> {
        (**self).find(library, question, top_k).await
    }
}

/// Keeps answers. Needs `PutItem` and `UpdateItem` on the queries table.
#[async_trait]
pub trait RecordAnswers: Send + Sync {
    /// Stores a new answer and counts it in the user's usage of the day, both at once. Fails with
    /// [`StoreError::Conflict`] when there is one of this id.
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError>;

    /// The write units that keeping this answer will use, by its size.
    fn write_units(&self, user: &UserId, answer: &Answer) -> f64;
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// What is shown.
    pub answer: Answer,
    /// Grows with every change of what is kept.
    pub revision: u64,
    /// How often the question has been answered.
    pub version: u64,
}

/// Reads one answer. Needs `Query` on the queries table.
#[async_trait]
pub trait ReadAnswers: Send + Sync {
    /// `None` when this user has no answer of this id.
    async fn get(&self, user: &UserId, id: QueryId) -> Result<Option<StoredAnswer>, StoreError>;

    /// How far the question is; `None` when this user has none of this id.
    async fn query_status(&self, user: &UserId, id: QueryId) -> Result<Option<QueryStatus>, StoreError>;
}

/// Which answers to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnswerFilter {
    /// Only of this status.
    pub status: Option<Status>,
    /// Only asked at or after this time.
    pub from: Option<Timestamp>,
    /// Only asked before this time.
    pub to: Option<Timestamp>,
}

/// Lists answers. Needs `Query` on the queries table and its index `by_status`.
#[async_trait]
pub trait ListAnswers: Send + Sync {
    /// At most `limit` answers, newest first, asked before `before` if given; with whether there may be more.
    async fn list(
        &self,
        user: &UserId,
        filter: AnswerFilter,
        before: Option<QueryId>,
        limit: usize,
    ) -> Result<Page<AnswerSummary>, StoreError>;
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Whether another page follows.
    pub more: bool,
}

/// Reads documents. Needs `GetItem` and `Query` on the knowledge table.
#[async_trait]
pub trait ReadDocuments: Send + Sync {
    /// `None` when there is no document of this id that is ready.
    async fn header(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<DocumentHeader>, StoreError>;

    /// The text of this version, put together from its chunks; `None` when it is gone.
    async fn text(&self, library: &LibraryId, header: &DocumentHeader) -> Result<Option<String>, StoreError>;
}

/// Lists documents. Needs `Query` on the knowledge table.
#[async_trait]
pub trait ListDocuments: Send + Sync {
    /// At most `limit` documents by id, after `after` if given; with whether there may be more.
    async fn list(
        &self,
        library: &LibraryId,
        after: Option<&DocumentId>,
        limit: usize,
    ) -> Result<Page<DocumentHeader>, StoreError>;
}

/// Totals of a library, by which ranking weighs terms and lengths.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LibraryStatistics {
    /// Grows with every change of what can be found; 0 for a library that was never written.
    pub version: u64,
    /// How many chunks there are.
    pub chunks: u64,
    /// How many terms they have together.
    pub terms: u64,
}

/// One document's entry for one term.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u64,
    /// Chunks with the term and its impact in each, best first; at most [`Posting::MAX_ENTRIES`].
    pub entries: Vec<(u32, u16)>,
    /// In how many chunks the term is.
    pub chunks: u32,
}

impl Posting {
    /// The most chunks of one document that a posting names: bounds what a search reads.
    pub const MAX_ENTRIES: usize = 32;
}

/// The best postings of one term.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermPage {
    /// In how many chunks of the library the term is.
    pub document_frequency: u64,
    /// Best impact first.
    pub postings: Vec<Posting>,
}

/// One stored chunk.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// Its place in the document, from 0.
    pub number: u32,
    /// The headings over it, joined by ` > `.
    pub context: String,
    /// The text, with all white space, so that the chunks of a document joined are its text.
    pub text: String,
    /// Where the text starts in the document, in code points.
    pub start: usize,
    /// Where it ends, exclusive, in code points.
    pub end: usize,
    /// How often each term stands in it, titles and headings included.
    pub terms: BTreeMap<String, u32>,
    /// How many terms it has, counted with repetition.
    pub length: u32,
}

/// Reads the keyword index. Needs `Query`, `GetItem` and `BatchGetItem` on the knowledge table.
#[async_trait]
pub trait ReadIndex: Send + Sync {
    /// The totals now (a consistent read).
    async fn statistics(&self, library: &LibraryId) -> Result<LibraryStatistics, StoreError>;

    /// The best `limit` postings of a term (a consistent read).
    async fn term(&self, library: &LibraryId, term: &str, limit: usize) -> Result<TermPage, StoreError>;

    /// These chunks, as far as they are there, in any order.
    async fn chunks(&self, library: &LibraryId, ids: &[ChunkId])
    -> Result<Vec<(ChunkId, Chunk)>, StoreError>;

    /// The headers of these documents, as far as they are ready (a consistent read), in any order.
    async fn headers(
        &self,
        library: &LibraryId,
        ids: &[DocumentId],
    ) -> Result<Vec<Arc<DocumentHeader>>, StoreError>;
}

/// A version of a document that may be written now.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionReservation {
    /// The version to write.
    pub version: u64,
    /// Whether an earlier write was never finished. Its writer may still be at work, so the document stays marked as
    /// unfinished for the sweep, which comes after every writer has ended.
    pub superseded: bool,
}

/// What is kept about a document that is being, or was never, finished.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfinishedDocument {
    /// Its library.
    pub library: LibraryId,
    /// The document.
    pub document: DocumentId,
    /// When the last write of it began, in milliseconds since the epoch.
    pub since_ms: u64,
}

/// A version of a document as its chunk rows show it.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRows {
    /// The version.
    pub version: u64,
    /// Its chunks, as far as they are there.
    pub chunks: Vec<Chunk>,
}

/// A change of the counts that weigh the ranking.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StatisticsChange {
    /// How many more chunks each term is in.
    pub document_frequency: BTreeMap<String, i64>,
    /// How many more chunks there are.
    pub chunks: i64,
    /// How many more terms they have.
    pub terms: i64,
}

/// Writes documents and their index. Needs `GetItem`, `Query`, `UpdateItem`, `DeleteItem` and `BatchWriteItem` on the
/// knowledge table.
///
/// Order keeps readers safe: a version's chunks, then its postings, then the flip of the header; then the old version's
/// postings, then its chunks. So every posting has chunk rows from which its key can be found again.
#[async_trait]
pub trait WriteDocuments: ReadDocuments {
    /// Reserves the next version of a document and marks it unfinished since `now`. With `delete`, the document is gone
    /// for readers from this moment; fails with `Ok(None)` when there is none.
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

    /// Writes the postings of a reserved version.
    async fn put_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError>;

    /// Removes postings.
    async fn delete_postings(
        &self,
        library: &LibraryId,
        postings: &[(String, Posting)],
    ) -> Result<(), StoreError>;

    /// Removes the chunks of a version.
    async fn delete_chunks(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        version: u64,
        chunks: &[Chunk],
    ) -> Result<(), StoreError>;

    /// Shows the version that `header` names. [`StoreError::Conflict`] when a later write has overtaken this one.
    async fn publish(&self, library: &LibraryId, header: &DocumentHeader) -> Result<(), StoreError>;

    /// Takes the mark of being unfinished away, if `version` is still the last reserved one.
    async fn finish(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError>;

    /// Removes the header of a deleted document, if `version` is still the last reserved one.
    async fn forget(&self, library: &LibraryId, id: &DocumentId, version: u64) -> Result<(), StoreError>;

    /// Every version of which there are chunk rows.
    async fn versions(&self, library: &LibraryId, id: &DocumentId) -> Result<Vec<VersionRows>, StoreError>;

    /// Adds to the counts. Not atomic as a whole: a crash in the middle leaves them a little off.
    async fn add_statistics(&self, library: &LibraryId, change: &StatisticsChange) -> Result<(), StoreError>;

    /// Tells searches that what can be found has changed.
    async fn bump_version(&self, library: &LibraryId) -> Result<(), StoreError>;
}

/// Finds and repairs what crashed writers left. Needs `Scan` on the index `unfinished` and
/// `BatchGetItem` besides [`WriteDocuments`].
#[async_trait]
pub trait SweepDocuments: WriteDocuments {
    /// Documents whose last write began before `before_ms` and was not finished.
    async fn unfinished(&self, before_ms: u64) -> Result<Vec<UnfinishedDocument>, StoreError>;

    /// The version that readers see, and the last reserved one; `None` when the header is gone.
    async fn last_versions(
        &self,
        library: &LibraryId,
        id: &DocumentId,
    ) -> Result<Option<(Option<u64>, u64)>, StoreError>;

    /// Counts the chunks of a term anew from all its postings.
    async fn recount_term(&self, library: &LibraryId, term: &str) -> Result<(), StoreError>;

    /// Counts the totals of a library anew from all its headers.
    async fn recount_library(&self, library: &LibraryId) -> Result<(), StoreError>;
}

/// Whether something outside can be reached.
#[async_trait]
pub trait Probe: Send + Sync {
    /// What is probed, such as `dynamodb.queries`.
    fn name(&self) -> String;

    /// One cheap call.
    async fn probe(&self) -> Result<(), StoreError>;
}
