//! What a crawl may get.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// What a crawl may get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The first page. Its host is the site: http and https, with and without `www.`.
    pub start: Url,
    /// Patterns of the paths to get, such as `/docs/**`; all when empty. The first page is always requested, for its
    /// links.
    #[serde(default)]
    pub include: Vec<String>,
    /// Patterns of the paths not to get.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Most requests for pages of one run, with those that fail.
    pub max_pages: usize,
    /// Most links between the first page and a page. Pages of a sitemap count as linked from the first page.
    pub max_depth: u32,
    /// Least time between two requests. A site may ask for more in its robots.txt.
    pub delay: Duration,
    /// Most pages that differ by numbers and parameters alone, unless a sitemap names them.
    pub max_variants: usize,
    /// Media types that are read; one that ends in `/` stands for all of its kind.
    pub media_types: Vec<String>,
}

impl Settings {
    /// The usual settings for a site.
    pub fn new(start: Url) -> Self {
        Self {
            start,
            include: Vec::new(),
            exclude: Vec::new(),
            max_pages: 500,
            max_depth: 5,
            delay: Duration::from_secs(1),
            max_variants: 100,
            media_types: ["text/", "application/xhtml+xml", "application/pdf"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    /// Whether a media type is read.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        self.media_types
            .iter()
            .any(|accepted| match accepted.ends_with('/') {
                true => media_type.starts_with(accepted.as_str()),
                false => media_type == accepted,
            })
    }
}
