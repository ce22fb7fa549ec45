//! What is known of a page, and what came of a request for it.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Validators;

/// What is known of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The address.
    pub url: Url,
    /// Links between the first page and it.
    pub depth: u32,
    /// Whether a sitemap names it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_in_sitemap: bool,
    /// What came of the last request.
    pub state: State,
    /// What the server said of its version.
    #[serde(flatten)]
    pub validators: Validators,
    /// Hash of its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Requests of this run without a result.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u8,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// What came of the last request for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not yet requested.
    New,
    /// Stored.
    Stored,
    /// The content is that of another page.
    Duplicate {
        /// Its address without scheme.
        of: String,
    },
    /// It redirects to another page.
    Moved {
        /// Its address.
        to: Url,
    },
    /// Not wanted.
    Skipped(Skip),
    /// The server says that there is no such page.
    Gone,
    /// No result.
    Failed {
        /// Why, in English.
        reason: String,
    },
}

/// Why a page is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// robots.txt disallows it.
    Robots,
    /// It asks not to be stored.
    NoIndex,
    /// The patterns do not name it.
    Excluded,
    /// It has another media type.
    MediaType,
    /// It is too large.
    TooLarge,
}

/// What to request next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A sitemap.
    Sitemap(Url),
    /// A page.
    Page {
        /// Its key in the frontier.
        key: String,
        /// Its address.
        url: Url,
        /// What the server said of the version that is known.
        validators: Option<Validators>,
    },
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Content.
    Content(Content),
    /// The content has not changed.
    NotModified,
    /// A redirect.
    Moved {
        /// The next address.
        to: Url,
    },
    /// Not wanted.
    Skipped(Skip),
    /// There is no such page.
    Gone,
    /// No result.
    Failed {
        /// Why, in English.
        reason: String,
        /// Whether it may succeed later.
        is_temporary: bool,
    },
}

/// What is known of the content of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// What the server said of its version.
    pub validators: Validators,
    /// Hash of the bytes.
    pub hash: String,
    /// The pages that it links to.
    pub links: Vec<Url>,
    /// The address that it names as its own.
    pub canonical: Option<Url>,
    /// Whether it asks not to be stored.
    pub is_noindex: bool,
}

/// What an outcome means for what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The content is new or has changed, and is to be stored.
    Store,
    /// What was stored of the page is to be removed.
    Remove,
    /// Nothing is to be done.
    Nothing,
}
