//! Turns uploads and sites into documents. Addresses are fetched, and files are parsed in a child process; only functions that use this
//! crate link the parsers and the fetcher.

pub mod crawl;
mod fetch;
mod file;

use std::{borrow::Cow, time::Duration};

use fetcher::Fetcher;
use shared::{
    config::FetchSettings,
    deadline::Deadline,
    domain::{Document, Upload},
    error::HubError,
};
use tokio::sync::{OnceCell, Semaphore};

/// The longest that parsing a file may take.
pub const MAX_PARSING: Duration = Duration::from_secs(20);

/// Number of files that are parsed at the same time.
const PARSERS: usize = 2;

/// Runs this process as a parser if it was started as one; see [`parsers::child::serve`].
pub fn is_parser() -> bool {
    parsers::child::serve()
}

/// Turns uploads into documents.
pub struct Reader {
    settings: FetchSettings,
    /// Made when the first address is fetched, so that no start waits for it.
    fetcher: OnceCell<Fetcher>,
    parsing: Semaphore,
}

impl Reader {
    /// A reader that fetches what the settings allow.
    pub fn new(settings: FetchSettings) -> Self {
        Self {
            settings,
            fetcher: OnceCell::new(),
            parsing: Semaphore::new(PARSERS),
        }
    }

    /// A fetcher that fetches what the settings allow.
    async fn fetcher(&self) -> Result<&Fetcher, HubError> {
        let fetcher = async || fetch::fetcher(&self.settings);
        self.fetcher.get_or_try_init(fetcher).await
    }

    /// The document of an upload. An address is fetched until the deadline. A file is parsed until the deadline, for at most
    /// [`MAX_PARSING`].
    ///
    /// # Errors
    /// [`HubError::UnsupportedFile`], [`HubError::UnreadableFile`] and [`HubError::UnusableAddress`], which trying again does not
    /// help; [`HubError::Unreachable`], which may pass; [`HubError::DeadlineExceeded`] if a later deadline might have been enough.
    pub async fn document<'a>(
        &self,
        upload: &'a Upload,
        deadline: Deadline,
    ) -> Result<Cow<'a, Document>, HubError> {
        match upload {
            Upload::Document(document) => Ok(Cow::Borrowed(document)),
            Upload::File(file) => {
                let parsed = self.parse(&file::original(file), deadline).await?;
                file::document(file, parsed).map(Cow::Owned)
            }
            Upload::Address(address) => {
                let fetched = fetch::fetch(address, self.fetcher().await?, deadline).await?;
                let parsed = self.parse(&file::original(&fetched), deadline).await?;
                fetch::document(fetched, parsed).map(Cow::Owned)
            }
        }
    }
}
