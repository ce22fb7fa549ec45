//! Ports: traits for everything outside the process, one per IAM permission set. A function's ports are its IAM policy.
//!
//! The doc comment of each DynamoDB port names the actions and tables that its adapter in `store` needs.

mod answers;
mod crawls;
mod documents;
mod error;
mod events;
mod idempotency;
mod index;
mod lanes;
mod libraries;
mod models;
mod page;
mod pending;
mod probe;
mod provider_health;
mod queries;
mod queue;
mod secrets;
mod spend;
mod versions;
mod web;

pub use answers::{AnswerFilter, ListAnswers, ReadAnswers, RecordAnswers, StoredAnswer};
pub use crawls::{CrawlLease, CrawlQueue, Crawls, QueuedCrawl, StateParts};
pub use documents::{
    Garbage, JournalEntry, ListDocuments, NewDocument, PlacedHeader, Publication, Published, ReadDocuments,
    Reserved, SweepDocuments, WriteDocuments,
};
pub use error::StoreError;
pub use events::{ReadEvents, WriteEvents};
pub use idempotency::{Idempotency, IdempotencyClaim, KeyClaim, StoredResponse};
pub use index::{
    Chunk, DeadChunks, Manifest, Ordinal, ReadIndex, RowName, Segment, SegmentRow, StoredChunk, Unmarked,
};
pub use lanes::{Lane, LaneError, LaneResult};
pub use libraries::{Closing, DeleteLibraries, ListLibraries};
pub use models::{EmbedOutcome, Embedder, GenerateOutcome, GenerateRequest, Llm, LlmError};
pub use page::Page;
pub use pending::{DocumentLease, IngestQueue, PendingDocument, QueueDocuments, QueuedDocument, ReadPending};
pub use probe::Probe;
pub use provider_health::{OpenCircuit, ProviderHealth, ReadHealth, RecordHealth, SharedHealth};
pub use queries::{AnnotateAnswers, CacheAnswers, DeleteAnswers, Deletion, ReadUsage, WriteFeedback};
pub use queue::{Acquisition, CancelQuestions, Lease, QueueQuestions, QueuedQuestion, WorkQueue};
pub use secrets::{SecretError, Secrets};
pub use spend::{Account, Cap, RESERVATION_TTL, Reservation, Spend, SpendLedger};
pub use versions::{ReadVersions, ReplaceAnswers};
pub use web::{KeepPages, ReadPages, SearchWeb, WebError, WebQuery};
