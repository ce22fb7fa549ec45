//! Domain types: parsed once at the edge, then valid by construction. No I/O.

mod annotations;
mod answer;
mod ask;
mod claim;
mod comprehensive;
mod confidence;
mod crawl;
mod diff;
mod document;
mod document_status;
mod entity;
mod event;
mod feedback;
mod front_matter;
mod generation;
mod health;
mod html;
mod ids;
mod invalid;
mod lane_name;
mod language;
mod library;
mod location;
mod passage;
mod query_status;
mod source;
mod stage;
mod status;
mod step;
mod text;
mod title;
mod upload;
mod usage;
mod web_page;

pub use annotations::Annotations;
pub use answer::{Answer, AnswerSummary, Cache, Correction};
pub use ask::{Ask, Model, Question, TopK};
pub use claim::{Citation, Claim, ClaimBasis, Disagreement, Verdict};
pub use comprehensive::{Alternative, Basis, Quality};
pub use confidence::{Abstention, AbstentionReason, Certainty, Confidence};
pub use crawl::{Crawl, CrawlCounts, CrawlId, CrawlSettings};
pub use diff::{AnswerDiff, ClaimChange, ClaimsDiff, SourcesDiff};
pub use document::{
    ContentType, Document, DocumentHeader, DocumentText, MAX_TEXT_BYTES, MAX_TITLE, MAX_URL, Origin,
    StoredDocument,
};
pub use document_status::DocumentStatus;
pub use entity::{Entity, EntityKind};
pub use event::{EncodedEvent, Event};
pub use feedback::{Feedback, Rating};
pub use front_matter::{FrontMatter, MAX_METADATA_BYTES, complete_metadata};
pub use generation::{
    Candidate, Completion, FinishReason, OnInterruption, Preview, Progress, Prompt, Schema, TextUse, Tokens,
};
pub use health::HealthRun;
pub use ids::{DocumentId, LibraryId, QueryId, UserId};
pub use invalid::{FieldError, InvalidInput};
pub use lane_name::LaneName;
pub use language::Language;
pub use library::{Library, LibraryStatus};
pub use location::{Location, LocationsOfParts, Place};
pub use passage::{ChunkId, Lead, Passage, PassageHeader};
pub use query_status::QueryStatus;
pub use source::Source;
pub use stage::{Attempt, Plan, Stage, StageStatus};
pub use status::Status;
pub use step::Step;
pub use text::{
    CodePoints, NOT_BLANK, code_points, is_hidden, not_blank_within, one_line, without_byte_order_mark,
};
pub use upload::{AddressUpload, FileUpload, Upload};
pub use usage::{DayUsage, Spent, Usage, UsageReport};
pub use web_page::WebPage;
