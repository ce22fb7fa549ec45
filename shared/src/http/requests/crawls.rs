//! `POST /agents/crawler` and `/crawls/{id}`: the body that starts a crawl, and its id.

use deserr::Deserr;
use lambda_http::Request;

use super::{documents, search::parse_library};
use crate::{
    domain::{CrawlId, CrawlSettings, InvalidInput, LibraryId},
    error::HubError,
    http::{input, request_context::RequestContext},
};

/// The most requests of one run.
pub(super) const MAX_PAGES: u64 = 2_000;
/// Requests of one run when the body does not say.
pub(super) const DEFAULT_PAGES: u64 = 500;
/// The most links between the first page and a page.
pub(super) const MAX_DEPTH: u64 = 50;
/// Links when the body does not say.
pub(super) const DEFAULT_DEPTH: u64 = 5;
/// The least time between two requests, in milliseconds.
pub(super) const MIN_DELAY: u64 = 10;
/// The longest time between two requests, in milliseconds.
pub(super) const MAX_DELAY: u64 = 60_000;
/// Time between two requests when the body does not say, in milliseconds.
pub(super) const DEFAULT_DELAY: u64 = 1_000;
/// The most patterns of a kind.
pub(super) const MAX_PATTERNS: usize = 20;
/// The longest pattern, in bytes.
pub(super) const MAX_PATTERN: usize = 200;

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct CrawlBody {
    #[deserr(try_from(String) = documents::url -> InvalidInput)]
    url: String,
    #[deserr(default, try_from(Option<String>) = parse_library -> InvalidInput)]
    library: LibraryId,
    #[deserr(default, try_from(Option<Vec<String>>) = patterns -> InvalidInput)]
    include: Vec<String>,
    #[deserr(default, try_from(Option<Vec<String>>) = patterns -> InvalidInput)]
    exclude: Vec<String>,
    #[deserr(default = DEFAULT_PAGES, try_from(Option<u64>) = within::<1, MAX_PAGES, DEFAULT_PAGES> -> InvalidInput)]
    max_pages: u64,
    #[deserr(default = DEFAULT_DEPTH, try_from(Option<u64>) = within::<0, MAX_DEPTH, DEFAULT_DEPTH> -> InvalidInput)]
    max_depth: u64,
    #[deserr(default = DEFAULT_DELAY, try_from(Option<u64>) = within::<MIN_DELAY, MAX_DELAY, DEFAULT_DELAY> -> InvalidInput)]
    delay_ms: u64,
}

/// Parses the body that starts a crawl: its library, and what it may get.
///
/// # Errors
/// Every fault of the body.
pub fn crawl(request: &Request) -> Result<(LibraryId, CrawlSettings), HubError> {
    let body: CrawlBody = input::json(request)?;
    let settings = CrawlSettings {
        url: body.url,
        include: body.include,
        exclude: body.exclude,
        max_pages: usize::try_from(body.max_pages).unwrap_or(usize::MAX),
        max_depth: u32::try_from(body.max_depth).unwrap_or(u32::MAX),
        delay_ms: body.delay_ms,
    };
    Ok((body.library, settings))
}

/// The id in the path.
///
/// # Errors
/// [`HubError::NotFound`] when it is not the id of a crawl, because no crawl can have it.
pub fn crawl_id(context: &RequestContext<'_>) -> Result<CrawlId, HubError> {
    CrawlId::parse(&context.path("id")).map_err(|_| HubError::NotFound("crawl"))
}

fn patterns(patterns: Option<Vec<String>>) -> Result<Vec<String>, InvalidInput> {
    let patterns = patterns.unwrap_or_default();
    let are_short = patterns
        .iter()
        .all(|pattern| (1..=MAX_PATTERN).contains(&pattern.len()));
    if are_short && patterns.len() <= MAX_PATTERNS {
        return Ok(patterns);
    }
    let detail = format!("must be at most {MAX_PATTERNS} patterns of 1 to {MAX_PATTERN} bytes");
    Err(InvalidInput::invalid_value("", detail))
}

fn within<const MIN: u64, const MAX: u64, const DEFAULT: u64>(
    number: Option<u64>,
) -> Result<u64, InvalidInput> {
    match number {
        None => Ok(DEFAULT),
        Some(number) if (MIN..=MAX).contains(&number) => Ok(number),
        Some(_) => {
            let detail = format!("must be a number from {MIN} to {MAX}");
            Err(InvalidInput::invalid_value("", detail))
        }
    }
}
