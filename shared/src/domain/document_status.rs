//! Status of a document.

use serde::{Deserialize, Serialize};

/// Status of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Stored and searchable.
    Ready,
    /// Accepted; processing has not begun.
    Pending,
    /// Being stored.
    Processing,
    /// Not stored.
    Failed,
}

impl DocumentStatus {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Pending, Self::Processing, Self::Failed];

    /// Parses the name of a status; `None` if there is no such status.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The name in responses and rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Failed => "failed",
        }
    }
}
