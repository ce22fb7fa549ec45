//! The document at an address.

use fetcher::{FetchError, Fetcher, Policy, parse_url};
use jiff::Timestamp;
use parsers::Parsed;
use shared::{
    config::FetchSettings,
    deadline::Deadline,
    domain::{AddressUpload, Document, FileUpload},
    error::HubError,
    http_client,
};
use url::Url;

use crate::file;

/// A fetcher that fetches what the settings allow.
pub(crate) fn fetcher(settings: &FetchSettings) -> Result<Fetcher, HubError> {
    let policy = Policy {
        ports: settings.ports.clone(),
        allow_private: settings.intranet,
        ..Policy::default()
    };
    let builder = http_client::builder().map_err(|error| HubError::Internal(error.into()))?;
    Fetcher::new(builder, policy).map_err(|error| HubError::Internal(error.into()))
}

/// Fetches the file at an address. Its URL is the one after redirects.
pub(crate) async fn fetch(
    address: &AddressUpload,
    fetcher: &Fetcher,
    deadline: Deadline,
) -> Result<FileUpload, HubError> {
    let (left, longest) = (deadline.left(), fetcher.policy().timeout);
    let url = parse_url(&address.url).map_err(|error| HubError::UnusableAddress(error.to_string()))?;
    let fetched = fetcher
        .fetch(&url, None, left)
        .await
        .map_err(|error| match error {
            FetchError::TimedOut { .. } if left < longest => HubError::DeadlineExceeded(deadline.elapsed()),
            error if error.is_temporary() => HubError::Unreachable(error.to_string()),
            error => HubError::UnusableAddress(error.to_string()),
        })?;
    Ok(FileUpload {
        id: address.id.clone(),
        title: address.title.clone(),
        published_at: address.published_at,
        metadata: address.metadata.clone(),
        bytes: fetched.bytes,
        media_type: fetched.media_type,
        name: name(&fetched.url),
        url: Some(fetched.url.into()),
    })
}

/// The name of the file at an address.
pub(crate) fn name(url: &Url) -> Option<String> {
    let name = url.path_segments()?.next_back()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The document of a fetched file.
pub(crate) fn document(mut fetched: FileUpload, parsed: Parsed) -> Result<Document, HubError> {
    if let Some(canonical) = parsed.url.as_deref()
        && is_of_host(canonical, fetched.url.as_deref())
    {
        fetched.url = Some(canonical.to_owned());
    }
    let mut document = file::document(&fetched, parsed)?;
    if let Some(origin) = &mut document.origin {
        origin.fetched_at = Some(Timestamp::now());
    }
    Ok(document)
}

/// Whether a page may name this URL as its own: other hosts may not be cited for what they do not say.
fn is_of_host(canonical: &str, fetched: Option<&str>) -> bool {
    let parsed = |url: &str| Url::parse(url).ok();
    let (Some(canonical), Some(fetched)) = (parsed(canonical), fetched.and_then(parsed)) else {
        return false;
    };
    canonical.host() == fetched.host() && matches!(canonical.scheme(), "http" | "https")
}
