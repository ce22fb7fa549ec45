//! Stores accepted documents. The stream may deliver a record more than once: the worker that holds the lease of a document
//! stores it, and no other worker publishes it.

use std::{sync::Arc, time::Duration};

use documents::Reader;
use serde_json::Value;
use shared::{
    config::Config,
    deadline::Deadline,
    error::HubError,
    isolate,
    ports::{DocumentLease, IngestQueue, QueuedDocument},
    retrieval::index::Indexer,
    store::{self, Knowledge, WaitingDocument},
    trigger::{self, GRACE, StreamEvent, Trigger},
};

pub(crate) struct App {
    reader: Reader,
    queue: Arc<dyn IngestQueue>,
    timeout: Duration,
}

impl Trigger for App {
    type Event = StreamEvent;
    type Output = ();
    const SOURCE: &str = "stream";

    async fn new(config: Config) -> Self {
        Self {
            reader: Reader::new(config.fetch),
            queue: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
            timeout: config.timeout,
        }
    }

    async fn handle(&self, event: StreamEvent) -> Result<(), HubError> {
        event.each(async |record| self.process(record).await).await
    }
}

impl App {
    async fn process(&self, record: &Value) -> Result<(), HubError> {
        let Some(waiting) = store::document_from_record(record) else {
            return Ok(());
        };
        let WaitingDocument {
            library,
            id,
            acceptance,
        } = waiting;
        let lease = DocumentLease::new(library, id, acceptance);
        let acquire = async |now, until| self.queue.acquire(&lease, now, until).await;
        let Some(queued) = trigger::acquire(self.timeout, acquire).await? else {
            // An earlier delivery may have died before it deleted the content.
            return Ok(self.queue.discard_content(&lease).await?);
        };
        if let Some(problem) = trigger::given_up(queued.attempts) {
            return Ok(self.queue.mark_failed(&lease, &problem).await?);
        }
        let limit = self.timeout + GRACE;
        let Err(error) = Box::pin(isolate::invocation(limit, self.ingest(&lease, &queued))).await else {
            return Ok(());
        };
        trigger::after_failure(error, self.queue.release(&lease).await)?;
        Ok(self.queue.discard_content(&lease).await?)
    }

    async fn ingest(&self, lease: &DocumentLease, queued: &QueuedDocument) -> Result<(), HubError> {
        let writer = self.queue.writer(lease, queued);
        let current = writer.header(&lease.library, &lease.id).await?;
        let is_done = current.is_some_and(|placed| {
            // Superseded by what was sent later, published by an earlier delivery, or stored before.
            placed.header.updated_at >= queued.accepted_at
                || placed.header.content_hash == queued.content_hash
        });
        if is_done {
            return Ok(self.queue.finish(lease).await?);
        }
        let Some(upload) = self.queue.content(lease, queued).await? else {
            return Ok(self.queue.mark_failed(lease, "its content is gone").await?);
        };
        let deadline = Deadline::after(self.timeout);
        let document = match self.reader.document(&upload, deadline).await {
            Ok(document) => document,
            // It would fail again, or the sender decides when to try again.
            Err(
                error @ (HubError::UnsupportedFile(_)
                | HubError::UnreadableFile(_)
                | HubError::UnusableAddress(_)
                | HubError::Unreachable(_)),
            ) => {
                return Ok(self.queue.mark_failed(lease, &error.to_string()).await?);
            }
            Err(error) => return Err(error),
        };
        let indexer = Indexer::new(writer);
        let results = Box::pin(indexer.ingest(&lease.library, vec![document], deadline)).await;
        results.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(self.queue.finish(lease).await?)
    }
}
