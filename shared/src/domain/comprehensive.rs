//! What a comprehensive answer says beside the answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Claim, Confidence};

/// Another answer from the same sources, with its proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Alternative {
    /// How it came about.
    pub basis: Basis,
    /// Markdown with `[n]` markers that name the sources of the answer.
    pub answer: String,
    /// Its sentences; offsets are into this text.
    pub claims: Vec<Claim>,
    /// How far it can be trusted.
    pub confidence: Confidence,
}

/// How another answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Quoted from all sources, where a model wrote the one that is shown.
    Extractive,
    /// Quoted from documents that the one that is shown does not cite.
    OtherDocuments,
}

/// How good an answer is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Quality {
    /// The share of the question's words, by what they tell, that the quotations have; 0 to 1. Of several parts, the least.
    pub coverage: f64,
    /// The share of its sentences that no source speaks against; 0 to 1, and 0 when it has none.
    pub support: f64,
    /// Documents that are cited.
    pub documents: usize,
    /// The most documents that bear out one sentence; copies of one another count once.
    pub agreeing: usize,
    /// Places where sources contradict one another.
    pub disagreements: usize,
    /// When the oldest of the cited documents was published, as far as that is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub oldest: Option<Timestamp>,
    /// The same of the newest.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub newest: Option<Timestamp>,
}
