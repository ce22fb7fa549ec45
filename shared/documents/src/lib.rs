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
use tokio::sync::Semaphore;

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
    parsing: Semaphore,
}

impl Reader {
    /// A reader that fetches what the settings allow.
    pub fn new(settings: FetchSettings) -> Self {
        Self {
            settings,
            parsing: Semaphore::new(PARSERS),
        }
    }

    /// A fetcher that fetches what the settings allow.
    fn fetcher(&self) -> Result<Fetcher, HubError> {
        fetch::fetcher(&self.settings)
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
                let fetched = fetch::fetch(address, &self.settings, deadline).await?;
                let parsed = self.parse(&file::original(&fetched), deadline).await?;
                fetch::document(fetched, parsed).map(Cow::Owned)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_files_have_front_matter() {
        let bytes = b"---\ntitle: The lamp\nurl: https://lights.example/lamp\ndate: 1871-05-03\ntags: [oil]\n---\n\nIt is lit.\n";
        let file = |name: &str| FileUpload {
            id: FileUpload::derive_id(None, bytes),
            title: None,
            url: None,
            published_at: None,
            metadata: serde_json::Map::new(),
            bytes: bytes.to_vec(),
            media_type: None,
            name: Some(name.to_owned()),
        };
        let document = |name: &str| {
            let file = file(name);
            let original = Original {
                bytes: &file.bytes,
                name: file.name.as_deref(),
                ..Original::default()
            };
            from_file(&file, parsers::parse(&original).unwrap()).unwrap()
        };
        let markdown = document("lamp.md");
        assert_eq!(markdown.text.as_str(), "It is lit.");
        assert_eq!(markdown.title, "The lamp");
        assert_eq!(markdown.url.as_deref(), Some("https://lights.example/lamp"));
        assert_eq!(markdown.published_at, time("1871-05-03"));
        assert_eq!(markdown.metadata["tags"], serde_json::json!(["oil"]));
        let plain = document("lamp.txt");
        assert!(plain.text.as_str().starts_with("---\ntitle"));
        assert_eq!(plain.content_type, ContentType::Plain);
    }
}
