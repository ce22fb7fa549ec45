//! Crawling a site into a library: pages are parsed and stored in groups, and the state of the crawl is saved with each group,
//! so that a crawl that ends abruptly repeats at most one group.

use std::{
    io::{Read, Write},
    mem,
    ops::ControlFlow,
    time::Duration,
};

use async_trait::async_trait;
use fetcher::{End, Frontier, Settings, Sink, Visit, parse_url};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use parsers::Format;
use shared::{
    deadline::Deadline,
    domain::{Crawl, CrawlCounts, CrawlSettings, Document, FileUpload, InvalidInput, Status},
    error::HubError,
    ports::{CrawlLease, CrawlQueue, QueuedCrawl, WriteDocuments},
    retrieval::index::Indexer,
};
use tokio::time::Instant;
use url::Url;

use crate::{MAX_PARSING, Reader, fetch, file};

/// Formats of the files that are stored.
const FORMATS: [Format; 11] = [
    Format::Html,
    Format::Plain,
    Format::Markdown,
    Format::Pdf,
    Format::Docx,
    Format::Pptx,
    Format::Xlsx,
    Format::Odt,
    Format::Ods,
    Format::Odp,
    Format::Epub,
];

/// Most pages of a group.
const GROUP_PAGES: usize = 25;
/// Most bytes of the texts of a group.
const GROUP_BYTES: usize = 1_000_000;
/// Longest time between two saves: how late a cancellation is seen.
const SAVE_INTERVAL: Duration = Duration::from_secs(10);
/// Time that is kept for parsing the last page and storing the last group.
const RESERVE: Duration = MAX_PARSING.saturating_add(Duration::from_secs(20));

/// The state of a crawl that has not begun.
///
/// # Errors
/// When the address or a pattern cannot be used.
pub fn frontier(settings: &CrawlSettings) -> Result<Frontier, InvalidInput> {
    let at_patterns = |detail: String| InvalidInput::invalid_value("/include", detail);
    Frontier::new(parsed(settings)?).map_err(|error| at_patterns(error.to_string()))
}

fn parsed(settings: &CrawlSettings) -> Result<Settings, InvalidInput> {
    let start =
        parse_url(&settings.url).map_err(|error| InvalidInput::invalid_value("/url", error.to_string()))?;
    let media_types = FORMATS.iter().map(|format| format.media_type());
    let media_types = media_types.chain(["application/xhtml+xml"]);
    Ok(Settings {
        include: settings.include.clone(),
        exclude: settings.exclude.clone(),
        max_pages: settings.max_pages,
        max_depth: settings.max_depth,
        delay: Duration::from_millis(settings.delay_ms),
        media_types: media_types.map(str::to_owned).collect(),
        ..Settings::new(start)
    })
}

/// Runs a crawl until its end, its cancellation, or shortly before the deadline, and saves what it has come to.
///
/// # Errors
/// When the store fails, or the lease was lost. The run can be resumed from what was saved.
pub async fn run(
    reader: &Reader,
    queue: &dyn CrawlQueue,
    indexer: &Indexer<impl WriteDocuments + ?Sized>,
    lease: &CrawlLease,
    queued: QueuedCrawl,
    deadline: Deadline,
) -> Result<(), HubError> {
    let mut frontier = match queued.state {
        Some(parts) => unpacked(&queue.state(lease, parts).await?)?,
        None => frontier(&queued.crawl.settings)?,
    };
    if queued.is_new_run && queued.state.is_some() {
        let settings = parsed(&queued.crawl.settings)?;
        frontier.restart(settings).map_err(internal)?;
    }
    let until = Instant::now() + deadline.earlier(RESERVE).left();
    let mut group = Group {
        reader,
        queue,
        indexer,
        lease,
        unreadable: queued.crawl.pages.failed.saturating_sub(frontier.counts().failed),
        crawl: queued.crawl,
        documents: Vec::new(),
        bytes: 0,
        saved_at: Instant::now(),
        deadline,
    };
    let fetcher = reader.fetcher().await?;
    let before = frontier.counts();
    let end = fetcher::crawl(fetcher, &mut frontier, &mut group, until).await?;
    if end == End::Deadline && frontier.counts() == before {
        // Otherwise it would go on forever.
        return Err(HubError::DeadlineExceeded(deadline.elapsed()));
    }
    let (status, error) = match end {
        End::Complete => (Status::Completed, None),
        End::Exhausted => (Status::Partial, None),
        End::Deadline => (Status::Pending, None),
        End::Stopped => (Status::Cancelled, None),
        End::Unreachable(error) => {
            let detail = format!("the robots.txt of the site cannot be read: {error}");
            (Status::Failed, Some(detail))
        }
    };
    group.crawl.error = error;
    group.save(&frontier, status).await?;
    Ok(())
}

/// Pages that are stored together.
struct Group<'a, S: ?Sized> {
    reader: &'a Reader,
    queue: &'a dyn CrawlQueue,
    indexer: &'a Indexer<S>,
    lease: &'a CrawlLease,
    crawl: Crawl,
    documents: Vec<Document>,
    /// Bytes of their texts.
    bytes: usize,
    /// Pages of this run that were fetched and could not be parsed or stored.
    unreadable: usize,
    saved_at: Instant,
    deadline: Deadline,
}

#[async_trait]
impl<S: WriteDocuments + ?Sized> Sink for Group<'_, S> {
    type Error = HubError;

    async fn store(&mut self, visit: Visit<'_>) -> Result<(), HubError> {
        match self.document(visit).await {
            Ok(document) => {
                self.bytes += document.text.as_str().len();
                self.documents.push(document);
            }
            Err(error @ (HubError::UnsupportedFile(_) | HubError::UnreadableFile(_))) => {
                self.note(visit.url.as_str(), &error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn remove(&mut self, url: &Url) -> Result<(), HubError> {
        // It may be in the group.
        self.flush().await?;
        let id = Document::derive_id(Some(url.as_str()), "");
        self.indexer
            .delete(&self.crawl.library, &id, self.deadline)
            .await?;
        Ok(())
    }

    async fn checkpoint(&mut self, frontier: &Frontier) -> Result<ControlFlow<()>, HubError> {
        let is_due = self.documents.len() >= GROUP_PAGES
            || self.bytes >= GROUP_BYTES
            || self.saved_at.elapsed() >= SAVE_INTERVAL;
        if is_due && self.save(frontier, Status::Processing).await? {
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl<S: WriteDocuments + ?Sized> Group<'_, S> {
    async fn document(&self, visit: Visit<'_>) -> Result<Document, HubError> {
        let fetched = FileUpload {
            id: Document::derive_id(Some(visit.url.as_str()), ""),
            title: None,
            url: Some(visit.url.as_str().to_owned()),
            published_at: None,
            metadata: serde_json::Map::new(),
            bytes: visit.bytes.to_vec(),
            media_type: visit.media_type.map(str::to_owned),
            name: fetch::name(visit.url),
        };
        let parsed = self
            .reader
            .parse(&file::original(&fetched), self.deadline)
            .await?;
        fetch::document(fetched, parsed)
    }

    fn note(&mut self, url: &str, error: &HubError) {
        self.unreadable += 1;
        if self.crawl.notes.len() < Crawl::MAX_NOTES {
            self.crawl.notes.push(format!("{url}: {error}"));
        }
    }

    /// Stores the pages of the group.
    async fn flush(&mut self) -> Result<(), HubError> {
        let documents = mem::take(&mut self.documents);
        self.bytes = 0;
        let results = self
            .indexer
            .ingest(&self.crawl.library, documents.iter().collect(), self.deadline)
            .await;
        for (document, result) in documents.iter().zip(results) {
            result?;
            tracing::debug!(id = document.id.as_str(), "page stored");
        }
        Ok(())
    }

    /// Stores the group and saves the crawl. Returns whether the run is to be cancelled.
    async fn save(&mut self, frontier: &Frontier, status: Status) -> Result<bool, HubError> {
        self.flush().await?;
        let counts = frontier.counts();
        self.crawl.pages = CrawlCounts {
            requested: counts.requested,
            stored: counts.stored.saturating_sub(self.unreadable),
            unchanged: counts.unchanged,
            duplicates: counts.duplicates,
            moved: counts.moved,
            skipped: counts.skipped,
            gone: counts.gone,
            failed: counts.failed + self.unreadable,
            traps: counts.traps,
            queued: frontier.queued(),
        };
        self.crawl.status = status;
        self.crawl.updated_at = Timestamp::now();
        let is_cancelled = self
            .queue
            .save(self.lease, &self.crawl, Some(&packed(frontier)?))
            .await?;
        self.saved_at = Instant::now();
        Ok(is_cancelled)
    }
}

fn packed(frontier: &Frontier) -> Result<Vec<u8>, HubError> {
    let json = serde_json::to_vec(frontier).map_err(internal)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&json).map_err(internal)?;
    encoder.finish().map_err(internal)
}

fn unpacked(state: &[u8]) -> Result<Frontier, HubError> {
    let mut json = Vec::new();
    GzDecoder::new(state).read_to_end(&mut json).map_err(internal)?;
    serde_json::from_slice(&json).map_err(internal)
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> HubError {
    HubError::Internal(Box::new(error))
}
