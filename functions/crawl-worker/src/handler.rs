//! Runs crawls. An invocation ends before its time does; what is left is saved as pending, which invokes the next one. The
//! stream may deliver a record more than once: the worker that holds the lease of a crawl runs it.

use std::{sync::Arc, time::Duration};

use documents::{Reader, crawl};
use jiff::Timestamp;
use serde_json::Value;
use shared::{
    config::Config,
    deadline::Deadline,
    domain::{Crawl, Status},
    error::HubError,
    isolate,
    ports::{CrawlLease, CrawlQueue, QueuedCrawl, StoreError},
    retrieval::index::Indexer,
    store::{self, Knowledge},
    trigger::{self, GRACE, StreamEvent, Trigger},
};

pub(crate) struct App {
    reader: Reader,
    queue: Arc<dyn CrawlQueue>,
    indexer: Indexer<Knowledge>,
    timeout: Duration,
}

impl Trigger for App {
    type Event = StreamEvent;
    type Output = ();
    const SOURCE: &str = "stream";

    async fn new(config: Config) -> Self {
        let knowledge = Arc::new(Knowledge::new(store::client().await, config.knowledge_table));
        Self {
            reader: Reader::new(config.fetch),
            indexer: Indexer::new(knowledge.clone()),
            queue: knowledge,
            timeout: config.timeout,
        }
    }

    async fn handle(&self, event: StreamEvent) -> Result<(), HubError> {
        event.each(async |record| self.process(record).await).await
    }
}

impl App {
    async fn process(&self, record: &Value) -> Result<(), HubError> {
        let Some(id) = store::crawl_from_record(record) else {
            return Ok(());
        };
        let lease = CrawlLease::new(id);
        let acquire = async |now, until| self.queue.acquire(&lease, now, until).await;
        let Some(queued) = trigger::acquire(self.timeout, acquire).await? else {
            return Ok(());
        };
        let crawl = queued.crawl.clone();
        if let Some(problem) = trigger::given_up(queued.attempts) {
            return Ok(self.end(&lease, crawl, Status::Failed, Some(problem)).await?);
        }
        let limit = self.timeout + GRACE;
        let Err(error) = Box::pin(isolate::invocation(limit, self.run(&lease, *queued))).await else {
            return Ok(());
        };
        // The next delivery goes on from what was saved.
        trigger::after_failure(error, self.queue.release(&lease).await)
    }

    async fn run(&self, lease: &CrawlLease, queued: QueuedCrawl) -> Result<(), HubError> {
        let deadline = Deadline::after(self.timeout);
        crawl::run(&self.reader, &*self.queue, &self.indexer, lease, queued, deadline).await
    }

    async fn end(
        &self,
        lease: &CrawlLease,
        crawl: Crawl,
        status: Status,
        error: Option<String>,
    ) -> Result<(), StoreError> {
        let ended = Crawl {
            status,
            error,
            updated_at: Timestamp::now(),
            ..crawl
        };
        self.queue.save(lease, &ended, None).await?;
        Ok(())
    }
}
