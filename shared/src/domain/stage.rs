//! How an answer is made: plan, stages and calls of model providers.

use serde::{Deserialize, Serialize};

use super::lane_name::LaneName;

/// The plan for a question, made by rules before anything is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Plan {
    /// Orchestration pattern: `pipeline`, `fork_join` or `scatter_gather`.
    pub pattern: String,
    /// Parts of the question that are retrieved separately: the sides of a comparison, or several questions. Empty for
    /// `pipeline`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Lanes to search.
    pub lanes: Vec<LaneName>,
    /// Writers to try, in order: `provider/model` or `extractive`.
    pub writers: Vec<String>,
}

/// One stage of the work on an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Stage {
    /// Name, such as `gather.keyword` or `write.model`.
    pub name: String,
    /// Outcome.
    pub status: StageStatus,
    /// Duration in milliseconds.
    pub ms: u64,
    /// Why the stage did not succeed, or a remark on its result.
    pub reason: Option<String>,
}

/// Outcome of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageStatus {
    /// Succeeded.
    Ok,
    /// Timed out.
    TimedOut,
    /// Failed.
    Failed,
    /// Not run.
    Skipped,
}

/// One call of a model provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Attempt {
    /// Name of the provider.
    pub provider: String,
    /// Name of the model.
    pub model: String,
    /// `ok`, or the kind of failure.
    pub outcome: String,
    /// HTTP status code of the response; null if there was none.
    pub http_status: Option<u16>,
    /// Duration in milliseconds.
    pub ms: u64,
    /// Number of input tokens.
    pub input_tokens: u64,
    /// Number of output tokens.
    pub output_tokens: u64,
    /// Cost in US dollars.
    pub cost_usd: f64,
    /// Why the call failed or was not made, in English.
    pub reason: Option<String>,
}
