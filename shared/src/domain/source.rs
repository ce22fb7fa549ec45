//! Sources of an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ids::DocumentId, lane_name::LaneName};

/// A passage that an answer may cite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Source {
    /// Number that markers `[n]` refer to, from 1.
    pub number: usize,
    /// Id of the document.
    pub document_id: DocumentId,
    /// Id of the chunk: `{document}:{version}:{number}`.
    pub chunk_id: String,
    /// Title of the document.
    pub title: String,
    /// URL of the document.
    pub url: Option<String>,
    /// The part of the passage that matches the question best, without markup, up to 280 code points.
    pub snippet: String,
    /// Relevance score; comparable within this answer only.
    pub score: f64,
    /// Rank in each lane that found the passage, from 1.
    pub lanes: BTreeMap<LaneName, usize>,
}
