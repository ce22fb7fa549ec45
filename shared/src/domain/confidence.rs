//! Confidence in an answer, and abstention.

use serde::{Deserialize, Serialize};

/// Why the service abstained from answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Abstention {
    /// Machine-readable reason.
    pub reason: AbstentionReason,
    /// Explanation in English.
    pub detail: String,
}

/// How sure an answer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// There is no answer: `abstained` says what is missing.
    None,
    /// `answer` holds the closest passage, which may not answer the question.
    Unsure,
    /// `answer` answers the question.
    #[default]
    Answer,
}

/// Reasons to abstain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbstentionReason {
    /// No passages were found.
    NoSources,
    /// The passages found say too little about the question.
    WeakRetrieval,
    /// The sources contradict one another. Stored answers of earlier releases have it; now both sides are shown.
    SourcesConflict,
    /// The deadline passed.
    Deadline,
    /// The budget for models is used up.
    BudgetExhausted,
}

/// Confidence in an answer. Scores are from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Confidence {
    /// Confidence that the right passages were found, 0 to 1.
    pub retrieval: f64,
    /// Probability that the answer is right and complete, 0 to 1.
    pub answer: f64,
    /// What raised or lowered the scores, in English.
    pub reasons: Vec<String>,
}
