//! Names of the retrieval lanes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::invalid::InvalidInput;

/// A retrieval lane: a method of finding passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaneName {
    /// Keyword search (BM25) in the library.
    Keyword,
    /// Vector search (nearest neighbours) in the library.
    Dense,
    /// Chunks that share entities with the question.
    Graph,
    /// Web search.
    Web,
}

impl LaneName {
    /// All lanes, in display order.
    pub const ALL: [Self; 4] = [Self::Keyword, Self::Dense, Self::Graph, Self::Web];

    /// The lanes that search the library: those of a request that names none. What is asked of a library is sent to a web search
    /// only on request.
    pub const LIBRARY: [Self; 3] = [Self::Keyword, Self::Dense, Self::Graph];

    /// The name in requests, responses and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Dense => "dense",
            Self::Graph => "graph",
            Self::Web => "web",
        }
    }

    /// Parses the name of a lane.
    ///
    /// # Errors
    /// If there is no lane with this name.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        Self::ALL
            .into_iter()
            .find(|lane| lane.as_str() == name)
            .ok_or_else(|| {
                InvalidInput::invalid_value(
                    "",
                    "is not a lane; lanes are `keyword`, `dense`, `graph` and `web`",
                )
            })
    }
}

impl fmt::Display for LaneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
