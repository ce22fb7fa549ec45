//! The words of the product: parsed once at the door, then always valid. No I/O.

mod annotations;
mod answer;
mod ask;
mod comprehensive;
mod diff;
mod document;
mod event;
mod feedback;
mod generation;
mod ids;
mod invalid;
mod passage;
mod query_status;
mod text;
mod title;
mod usage;

pub use annotations::Annotations;
pub use answer::{
    Abstention, AbstentionReason, Answer, AnswerSummary, Attempt, Cache, Citation, Claim, Confidence,
    Disagreement, Entity, EntityKind, Plan, Source, Stage, StageStatus, Status, Usage, Verdict,
};
pub use ask::{Ask, LaneName, Model, Question, TopK};
pub use comprehensive::{Alternative, Basis, Quality};
pub use diff::{AnswerDiff, ClaimChange, ClaimsDiff, SourcesDiff};
pub use document::{ContentType, Document, DocumentHeader, DocumentText, MAX_TEXT_BYTES, StoredDocument};
pub use event::{EncodedEvent, Event};
pub use feedback::{Feedback, Rating};
pub use generation::{
    Candidate, Completion, FinishReason, OnInterruption, Preview, Progress, Prompt, Schema, Tokens,
};
pub use ids::{DocumentId, LibraryId, QueryId, UserId};
pub use invalid::{FieldError, InvalidInput};
pub use passage::{ChunkId, Passage};
pub use query_status::QueryStatus;
pub use text::{CodePoints, NOT_BLANK, code_points, not_blank_within};
pub use usage::{DayUsage, Spent, UsageReport};
