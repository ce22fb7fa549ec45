//! The answer to one question, as the API shows it and the store keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Alternative, Annotations, DocumentId, LaneName, LibraryId, Quality, QueryId};

/// Everything that came of one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Its id.
    pub query_id: QueryId,
    /// How far it got.
    pub status: Status,
    /// The question as it was asked.
    pub query: String,
    /// Where the passages are from.
    pub library: LibraryId,
    /// The caller's own name for the conversation.
    pub session_id: Option<String>,
    /// Markdown with `[n]` markers that name sources; empty when `abstained`.
    pub answer: String,
    /// Why there is no answer, if there is none.
    pub abstained: Option<Abstention>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// The sentences of the answer that assert something.
    pub claims: Vec<Claim>,
    /// What the answer rests on; when it abstained, the closest passages.
    pub sources: Vec<Source>,
    /// Where sources contradict one another.
    pub disagreements: Vec<Disagreement>,
    /// What the question is about.
    pub entities: Vec<Entity>,
    /// What was to be done.
    pub plan: Plan,
    /// What was done, in order.
    pub stages: Vec<Stage>,
    /// What is missing from this answer because it failed, was late or is not configured: names of stages.
    pub degraded: Vec<String>,
    /// The calls of model providers, in order.
    pub attempts: Vec<Attempt>,
    /// What it cost.
    pub usage: Usage,
    /// Who wrote it; `extractive` when no model did.
    pub provider: String,
    /// With which model.
    pub model: String,
    /// Whether a stored answer was used.
    pub cache: Cache,
    /// When it was asked.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
    /// From the start of the invocation to the answer, in milliseconds.
    pub took_ms: u64,
    /// Of a comprehensive answer: other answers that the sources allow, none of them the same as the one that is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Alternative>"))]
    pub alternatives: Option<Vec<Alternative>>,
    /// Of a comprehensive answer: how good it is, by rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Quality"))]
    pub quality: Option<Quality>,
    /// What the caller added to it afterwards: short words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Free text of the caller's.
    #[serde(default)]
    pub notes: Option<String>,
    /// Anything else of the caller's.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl Answer {
    /// The same with what a caller has added, in place of what was there.
    pub fn annotated(self, annotations: Annotations) -> Self {
        let Annotations {
            tags,
            notes,
            metadata,
        } = annotations;
        Self {
            tags,
            notes,
            metadata,
            ..self
        }
    }
}

/// An answer as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AnswerSummary {
    /// Its id.
    pub query_id: QueryId,
    /// How far it got.
    pub status: Status,
    /// The question as it was asked.
    pub query: String,
    /// Where the passages are from.
    pub library: LibraryId,
    /// The caller's own name for the conversation.
    pub session_id: Option<String>,
    /// Why there is no answer, if there is none.
    pub abstained: Option<Abstention>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// When it was asked.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

impl From<&Answer> for AnswerSummary {
    fn from(answer: &Answer) -> Self {
        Self {
            query_id: answer.query_id,
            status: answer.status,
            query: answer.query.clone(),
            library: answer.library.clone(),
            session_id: answer.session_id.clone(),
            abstained: answer.abstained.clone(),
            confidence: answer.confidence.clone(),
            created_at: answer.created_at,
            took_ms: answer.took_ms,
        }
    }
}

/// How far a question got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Accepted, not begun.
    Pending,
    /// Begun.
    Processing,
    /// Done.
    Completed,
    /// Ended before it was whole.
    Partial,
    /// Came to nothing.
    Failed,
    /// Called off by the caller.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Processing,
        Self::Completed,
        Self::Partial,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Whether more is to come.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Pending | Self::Processing)
    }

    /// The status of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The name in requests, answers and rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Abstention {
    /// The kind of reason.
    pub reason: AbstentionReason,
    /// The reason in words.
    pub detail: String,
}

/// The kinds of reasons to abstain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbstentionReason {
    /// Nothing was found.
    NoSources,
    /// What was found says too little about the question.
    WeakRetrieval,
    /// The sources contradict one another.
    SourcesConflict,
    /// Time ran out.
    Deadline,
    /// The budget ran out.
    BudgetExhausted,
}

/// How far an answer can be trusted, 0 to 1 each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Confidence {
    /// That the right passages were found.
    pub retrieval: f64,
    /// That the answer says what they say.
    pub answer: f64,
    /// What moved the two, in words.
    pub reasons: Vec<String>,
}

/// One sentence of the answer with its proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Claim {
    /// `c1`, `c2` and so on.
    pub id: String,
    /// The sentence, without its markers.
    pub text: String,
    /// Where it starts in `answer`, in code points.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// Whether the sources bear it out.
    pub verdict: Verdict,
    /// The words of the sources that do, or do not.
    pub citations: Vec<Citation>,
    /// Why the verdict, where it is not plain.
    pub reason: Option<String>,
}

/// Whether the sources bear a claim out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A quotation says the same.
    Supported,
    /// A quotation says otherwise.
    Refuted,
    /// Sources are on both sides.
    Disputed,
    /// No quotation was found.
    Unverified,
}

/// Verbatim words of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Citation {
    /// The number of the source.
    pub source: usize,
    /// The words, exactly as they stand in the document.
    pub quote: String,
    /// Where they start in the text of the document, in code points.
    pub quote_start: usize,
    /// Where they end, exclusive.
    pub quote_end: usize,
}

/// A passage that an answer may cite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Source {
    /// What markers call it, from 1.
    pub number: usize,
    /// The document.
    pub document_id: DocumentId,
    /// The chunk of the document.
    pub chunk_id: String,
    /// The document's title.
    pub title: String,
    /// The document's address.
    pub url: Option<String>,
    /// The beginning of the passage.
    pub snippet: String,
    /// How well it fits; comparable within this answer only.
    pub score: f64,
    /// Its rank, from 1, in each lane that found it.
    pub lanes: BTreeMap<LaneName, usize>,
}

/// Sources that contradict one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Disagreement {
    /// What about.
    pub subject: String,
    /// The words on each side.
    pub citations: Vec<Citation>,
}

/// Something the question names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Entity {
    /// As it stands in the question.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
}

/// What an entity is, as far as rules can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Words in quotation marks or code marks.
    Quoted,
    /// A date or a part of one.
    Date,
    /// A number, with its unit if it has one.
    Number,
    /// Words written as a name.
    Name,
    /// A technical name: `snake_case`, `camelCase`, dotted or with digits.
    Identifier,
}

/// What is to be done for a question, decided by rules before anything is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Plan {
    /// `pipeline`, `fork_join` or `scatter_gather`.
    pub pattern: String,
    /// What is gathered each for itself: the sides of a comparison, or several questions; none in a pipeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The lanes that are asked.
    pub lanes: Vec<LaneName>,
    /// Who writes, in the order they are tried.
    pub writers: Vec<String>,
}

/// One step of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Stage {
    /// `gather.keyword`, `write` and so on.
    pub name: String,
    /// How it ended.
    pub status: StageStatus,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Why, when it did not end well.
    pub reason: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageStatus {
    /// Well.
    Ok,
    /// Its time ran out.
    TimedOut,
    /// It failed.
    Failed,
    /// It was not begun.
    Skipped,
}

/// One call of a model provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Attempt {
    /// Who was called.
    pub provider: String,
    /// For which model.
    pub model: String,
    /// `ok` or the kind of failure.
    pub outcome: String,
    /// The status it answered with.
    pub http_status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// What it cost, in US dollars.
    pub cost_usd: f64,
    /// Why it failed, in words.
    pub reason: Option<String>,
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Usage {
    /// Tokens read by models.
    pub input_tokens: u64,
    /// Tokens written by models.
    pub output_tokens: u64,
    /// What the models cost, in US dollars.
    pub cost_usd: f64,
    /// DynamoDB read request units, as DynamoDB counted them.
    pub read_units: f64,
    /// DynamoDB write request units of keeping the answer, by its size.
    pub write_units: f64,
}

/// Whether a stored answer was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cache {
    /// It was.
    Hit,
    /// There was none.
    Miss,
    /// None was looked for.
    Bypass,
}
