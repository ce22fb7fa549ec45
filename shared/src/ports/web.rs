//! Ports of the web lane: finding addresses, reading pages, and keeping copies of them.

use std::time::Duration;

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::WebPage;

/// Why the web could not be searched or read. The text is for the caller; the cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct WebError {
    /// What failed.
    pub detail: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl WebError {
    /// A failure that says everything itself.
    pub fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            source: None,
        }
    }

    /// A failure with its cause.
    pub fn caused(
        detail: impl Into<String>,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            detail: detail.into(),
            source: Some(cause.into()),
        }
    }
}

/// What the web is searched for.
#[derive(Debug, Clone, Copy)]
pub struct WebQuery<'a> {
    /// The question as it was asked.
    pub question: &'a str,
    /// Its words without function words, for providers that find only pages with every word.
    pub words: &'a str,
}

/// Searches the web.
#[async_trait]
pub trait SearchWeb: Send + Sync {
    /// Returns at most `limit` addresses of pages, best first. What a provider says of a page is not returned: it is never cited.
    async fn search(&self, query: WebQuery<'_>, limit: usize) -> Result<Vec<String>, WebError>;
}

/// Reads pages of the web in another function, which has no secrets and keeps a copy of what it reads.
#[async_trait]
pub trait ReadPages: Send + Sync {
    /// Returns the pages at these addresses that were read and kept within `limit`, in the order of the addresses.
    async fn read(&self, addresses: &[String], limit: Duration) -> Result<Vec<WebPage>, WebError>;
}

/// Keeps copies of web pages. Needs `PutItem` on the knowledge table.
#[async_trait]
pub trait KeepPages: Send + Sync {
    /// Keeps a copy for 30 days from now. Keeping the same copy again is not an error.
    async fn keep(&self, page: &WebPage) -> Result<(), StoreError>;
}
