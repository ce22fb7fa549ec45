//! Crawls: sites whose pages are stored in a library, page by page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{document::hex, ids::LibraryId, invalid::InvalidInput, status::Status};

/// Id of a crawl, derived from its library and first page: the same site is crawled again under the same id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CrawlId(String);

impl CrawlId {
    /// Regular expression of valid ids.
    pub const PATTERN: &str = "^crawl-[0-9a-f]{24}$";

    /// The id of the crawl of a site into a library.
    pub fn derive(library: &LibraryId, url: &str) -> Self {
        let input = format!("{library} {url}");
        Self(format!("crawl-{}", hex(&Sha256::digest(input)[..12])))
    }

    /// Parses an id.
    ///
    /// # Errors
    /// If it is not the id of a crawl.
    pub fn parse(id: &str) -> Result<Self, InvalidInput> {
        let is_hash = |hash: &str| {
            let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            hash.len() == 24 && hash.chars().all(is_digit)
        };
        match id.strip_prefix("crawl-").is_some_and(is_hash) {
            true => Ok(Self(id.to_owned())),
            false => Err(InvalidInput::invalid_value("", "must be the id of a crawl")),
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a crawl may get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CrawlSettings {
    /// The first page. Its host is the site.
    pub url: String,
    /// Patterns of the paths to get, such as `/docs/**`; all when empty.
    pub include: Vec<String>,
    /// Patterns of the paths not to get.
    pub exclude: Vec<String>,
    /// The most requests for pages of one run.
    pub max_pages: usize,
    /// The most links between the first page and a page.
    pub max_depth: u32,
    /// The least time between two requests, in milliseconds. A site may ask for more in its robots.txt.
    pub delay_ms: u64,
}

/// What a run has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CrawlCounts {
    /// Requests for pages.
    pub requested: usize,
    /// Pages with new or changed content.
    pub stored: usize,
    /// Pages whose content has not changed.
    pub unchanged: usize,
    /// Pages with the content of another page.
    pub duplicates: usize,
    /// Redirects.
    pub moved: usize,
    /// Pages that are not wanted: excluded, disallowed by robots.txt, or of another media type.
    pub skipped: usize,
    /// Pages that do not exist.
    pub gone: usize,
    /// Pages that could not be fetched or read.
    pub failed: usize,
    /// Links that were not followed because they look endless.
    pub traps: usize,
    /// Known pages that wait for a request.
    pub queued: usize,
}

/// A crawl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Crawl {
    /// Id of the crawl.
    pub crawl_id: CrawlId,
    /// The library that the pages are stored in.
    pub library: LibraryId,
    /// What the crawl may get.
    pub settings: CrawlSettings,
    /// Status of the last run. `partial`: it ended at `max_pages`, and pages are left.
    pub status: Status,
    /// What the last run has come to.
    pub pages: CrawlCounts,
    /// Pages that could not be read, with the reason: the first 20.
    pub notes: Vec<String>,
    /// Why the run failed, in English; null if it did not.
    pub error: Option<String>,
    /// When the last run was started.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub started_at: Timestamp,
    /// When the run was last seen at work.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: Timestamp,
}

impl Crawl {
    /// The most notes.
    pub const MAX_NOTES: usize = 20;

    /// A run that begins now.
    pub fn new(library: LibraryId, settings: CrawlSettings) -> Self {
        let now = Timestamp::now();
        Self {
            crawl_id: CrawlId::derive(&library, &settings.url),
            library,
            settings,
            status: Status::Pending,
            pages: CrawlCounts::default(),
            notes: Vec::new(),
            error: None,
            started_at: now,
            updated_at: now,
        }
    }
}
