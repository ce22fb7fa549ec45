//! Alternative answers and quality metrics of comprehensive answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{claim::Claim, confidence::Confidence};

/// An alternative answer from the same sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Alternative {
    /// How the alternative was made.
    pub basis: Basis,
    /// The alternative in Markdown. Markers `[n]` refer to the answer's sources.
    pub answer: String,
    /// Its claims. Offsets refer to this text.
    pub claims: Vec<Claim>,
    /// Confidence in the alternative.
    pub confidence: Confidence,
}

/// How an alternative answer was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Quoted from all sources; the answer itself was written by a model.
    Extractive,
    /// Quoted from documents that the answer does not cite.
    OtherDocuments,
}

/// Quality metrics of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Quality {
    /// Share of the question's words, weighted by inverse document frequency, that the quotations contain; 0 to 1. For
    /// a question with several parts, the lowest share.
    pub coverage: f64,
    /// Share of the claims that no source contradicts; 0 to 1, and 0 if there are no claims.
    pub support: f64,
    /// Number of cited documents.
    pub documents: usize,
    /// Highest number of documents that support one claim; copies of a document count once.
    pub agreeing: usize,
    /// Number of contradictions between sources.
    pub disagreements: usize,
    /// Publication date of the oldest cited document; null if none is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub oldest: Option<Timestamp>,
    /// Publication date of the newest cited document; null if none is known.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub newest: Option<Timestamp>,
}
