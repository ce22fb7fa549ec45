//! How far a question is, for those who wait for it.

use serde::{Deserialize, Serialize};

use super::{QueryId, Status};

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct QueryStatus {
    /// The question.
    pub query_id: QueryId,
    /// How far it got.
    pub status: Status,
    /// The share of the work that is behind it, 0 to 1; 1 once nothing more will come.
    pub progress: f64,
    /// What is being done, as the stages of an answer are called; null when nothing is.
    pub current_step: Option<String>,
    /// Why it came to nothing, in words.
    pub error: Option<String>,
}

impl QueryStatus {
    /// Of a question that waits.
    pub fn pending(query_id: QueryId) -> Self {
        Self {
            query_id,
            status: Status::Pending,
            progress: 0.0,
            current_step: None,
            error: None,
        }
    }
}
