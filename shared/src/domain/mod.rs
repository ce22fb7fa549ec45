//! The words of the product: parsed once at the door, then always valid. No I/O.

mod answer;
mod ask;
mod document;
mod generation;
mod ids;
mod invalid;
mod passage;
mod text;

pub use answer::{
    Abstention, AbstentionReason, Answer, AnswerSummary, Attempt, Cache, Citation, Claim, Confidence,
    Disagreement, Entity, EntityKind, Plan, Source, Stage, StageStatus, Status, Usage, Verdict,
};
pub use ask::{Ask, LaneName, Model, Question, TopK};
pub use document::{ContentType, Document, DocumentHeader, DocumentText, MAX_TEXT_BYTES, StoredDocument};
pub use generation::{Candidate, Completion, Finish, OnBreak, Progress, Prompt, Schema, Tokens};
pub use ids::{DocumentId, LibraryId, QueryId, UserId};
pub use invalid::{FieldError, InvalidInput};
pub use passage::{ChunkId, Passage};
pub use text::{CodePoints, code_points};
