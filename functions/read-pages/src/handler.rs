//! Reads the pages at some addresses at once and keeps a copy of each. It has no secrets: functions that have them invoke it, so
//! that what the web sends reaches none.

use std::{sync::Arc, time::Duration};

use documents::Reader;
use futures::future::join_all;
use shared::{
    config::Config,
    deadline::Deadline,
    domain::{AddressUpload, Upload, WebPage},
    error::{HubError, source_chain},
    meter,
    ports::KeepPages,
    retrieval::web,
    store::{self, Knowledge, ReadPagesEvent, ReadPagesResult},
    trigger::Trigger,
};

/// The most pages of one invocation. Further addresses are ignored.
const MAX_PAGES: usize = 10;
/// The longest text of a page that is kept, in bytes. A response of Lambda has 6 MB.
const MAX_TEXT: usize = 400_000;

pub(crate) struct App {
    reader: Reader,
    copies: Arc<dyn KeepPages>,
    timeout: Duration,
}

impl Trigger for App {
    type Event = ReadPagesEvent;
    type Output = ReadPagesResult;
    const SOURCE: &str = "invocation";

    async fn new(config: Config) -> Self {
        Self {
            reader: Reader::new(config.fetch),
            copies: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
            timeout: config.timeout,
        }
    }

    async fn handle(&self, event: ReadPagesEvent) -> Result<ReadPagesResult, HubError> {
        let limit = Duration::from_millis(event.limit_ms).min(self.timeout);
        let addresses = event.addresses.into_iter().take(MAX_PAGES);
        let pages = addresses.map(|address| self.page(address, limit));
        let (pages, used) = meter::metered(join_all(pages)).await;
        // For the log line of this invocation.
        meter::add(used.units);
        Ok(ReadPagesResult {
            pages: pages.into_iter().flatten().collect(),
            write_units: used.units.write,
        })
    }
}

impl App {
    /// The copy of a page, once it is kept; `None` if there is none within the limit. The reason is logged: for the caller, a page
    /// that cannot be read is one less.
    async fn page(&self, address: String, limit: Duration) -> Option<WebPage> {
        let read = tokio::time::timeout(limit, Box::pin(self.read(address, limit))).await;
        match read.unwrap_or(Err(HubError::DeadlineExceeded(limit))) {
            Ok(page) => Some(page),
            Err(error) => {
                tracing::info!(error = source_chain(&error), "a page was not read");
                None
            }
        }
    }

    async fn read(&self, address: String, limit: Duration) -> Result<WebPage, HubError> {
        let upload = Upload::Address(Box::new(AddressUpload::new(address)));
        let document = self.reader.document(&upload, Deadline::after(limit)).await?;
        if document.text.as_str().len() > MAX_TEXT {
            return Err(HubError::UnusableAddress("its text is too long".to_owned()));
        }
        let page = web::copy(document.into_owned());
        self.copies.keep(&page).await?;
        Ok(page)
    }
}
