//! Status and progress of a question.

use serde::{Deserialize, Serialize};

use super::{ids::QueryId, status::Status};

/// Status and progress of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct QueryStatus {
    /// Id of the question, a ULID.
    pub query_id: QueryId,
    /// Status of the question.
    pub status: Status,
    /// Share of the work that is done, 0 to 1; 1 once the question has ended.
    pub progress: f64,
    /// Name of the current stage; null if the question is not being processed.
    pub current_step: Option<String>,
    /// Why the question failed, in English; null if it did not.
    pub error: Option<String>,
}

impl QueryStatus {
    /// The status of a queued question.
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
