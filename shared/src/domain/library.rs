//! Libraries: named sets of documents.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::LibraryId;

/// A library, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Library {
    /// Its name.
    pub name: LibraryId,
    /// Whether it is being deleted.
    pub status: LibraryStatus,
    /// Number of documents; null if a release that did not count them wrote a part of the library.
    pub documents: Option<u64>,
    /// Number of chunks of the current versions.
    pub chunks: u64,
    /// When a document was last stored or deleted; null if no release that notes it wrote the library.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub updated_at: Option<Timestamp>,
}

/// Status of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LibraryStatus {
    /// It can be searched and written.
    Ready,
    /// It is being deleted. Uploads to it are refused.
    Deleting,
}
