//! Answers and their list entries, as the API returns them and the store keeps them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    annotations::Annotations,
    claim::{Claim, Disagreement},
    comprehensive::{Alternative, Quality},
    confidence::{Abstention, Certainty, Confidence},
    entity::Entity,
    ids::{LibraryId, QueryId},
    source::Source,
    stage::{Attempt, Plan, Stage},
    status::Status,
    usage::Usage,
};

/// The answer to a question, with its claims, sources, stages and cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Id of the question, a ULID.
    pub query_id: QueryId,
    /// Status of the question.
    pub status: Status,
    /// The question as asked.
    pub query: String,
    /// Follow-ups only: the question as it was read with the one before it in the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub read_as: Option<String>,
    /// Words of the question that the library does not have, and as what they were read.
    #[serde(default)]
    pub corrected: Vec<Correction>,
    /// The library that was searched.
    pub library: LibraryId,
    /// Id of the conversation, chosen by the caller.
    pub session_id: Option<String>,
    /// The answer in Markdown. Markers `[n]` refer to `sources`. Empty if `abstained` is set.
    pub answer: String,
    /// How sure the answer is. `unsure`: `answer` holds the closest passage, and must not be shown as an answer.
    #[serde(default)]
    pub certainty: Certainty,
    /// Why there is no answer; null if there is one.
    pub abstained: Option<Abstention>,
    /// Confidence in the answer.
    pub confidence: Confidence,
    /// The assertions of the answer, one per sentence, with their citations.
    pub claims: Vec<Claim>,
    /// The passages that the answer is based on; if it abstained, the closest passages.
    pub sources: Vec<Source>,
    /// Contradictions between sources.
    pub disagreements: Vec<Disagreement>,
    /// Entities that the question names.
    pub entities: Vec<Entity>,
    /// The plan that was made for the question.
    pub plan: Plan,
    /// The stages that ran, in order.
    pub stages: Vec<Stage>,
    /// Names of the stages that are missing from this answer because they failed, timed out or are not configured.
    pub degraded: Vec<String>,
    /// Calls of model providers, in order.
    pub attempts: Vec<Attempt>,
    /// Cost of the answer.
    pub usage: Usage,
    /// The provider that wrote the answer; `extractive` if no model did.
    pub provider: String,
    /// The model that wrote the answer; `extractive` if none did.
    pub model: String,
    /// Whether the answer came from the cache.
    pub cache: Cache,
    /// When the question was asked.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
    /// Duration from the start of the invocation to the answer, in milliseconds.
    pub took_ms: u64,
    /// Comprehensive answers only: other answers that the sources allow, all different from `answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<Alternative>"))]
    pub alternatives: Option<Vec<Alternative>>,
    /// Comprehensive answers only: quality metrics, computed by rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Quality"))]
    pub quality: Option<Quality>,
    /// Tags that the caller added.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Notes that the caller added.
    #[serde(default)]
    pub notes: Option<String>,
    /// Metadata that the caller added.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl Answer {
    /// Replaces the annotations.
    pub fn with_annotations(self, annotations: Annotations) -> Self {
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

/// A word of a question that was read as another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Correction {
    /// The word as asked.
    pub from: String,
    /// The word of the library that it was read as.
    pub to: String,
}

/// An answer as listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AnswerSummary {
    /// Id of the question, a ULID.
    pub query_id: QueryId,
    /// Status of the question.
    pub status: Status,
    /// The question as asked.
    pub query: String,
    /// The library that was searched.
    pub library: LibraryId,
    /// Id of the conversation, chosen by the caller.
    pub session_id: Option<String>,
    /// How sure the answer is.
    #[serde(default)]
    pub certainty: Certainty,
    /// Why there is no answer; null if there is one.
    pub abstained: Option<Abstention>,
    /// Confidence in the answer.
    pub confidence: Confidence,
    /// When the question was asked.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Timestamp,
    /// Duration from the start of the invocation to the answer, in milliseconds.
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
            certainty: answer.certainty,
            abstained: answer.abstained.clone(),
            confidence: answer.confidence.clone(),
            created_at: answer.created_at,
            took_ms: answer.took_ms,
        }
    }
}

/// Whether an answer came from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cache {
    /// The answer came from the cache.
    Hit,
    /// The cache was searched and had no answer.
    Miss,
    /// The cache was not searched.
    Bypass,
}
