//! Stores the valid documents of a batch and reports each result. What does not fit into the request is accepted, and stored
//! later.

use std::{sync::Arc, time::Duration};

use documents::Reader;
use futures::{StreamExt, stream};
use shared::{
    config::{Config, ConfigError},
    deadline::Deadline,
    domain::{Document, DocumentId, LibraryId, Upload},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, requests, requests::Ingested},
    ports::{Idempotency, QueueDocuments, StoreError},
    retrieval::index::Indexer,
    store::{self, Access, Knowledge},
};

/// The time reserved for accepting what is not stored by then: 6 MB take a second or two.
const ACCEPT_RESERVE: Duration = Duration::from_secs(5);

/// Number of documents that are fetched or parsed at the same time.
const READS: usize = 4;

pub(crate) struct App {
    reader: Reader,
    indexer: Indexer<Knowledge>,
    queue: Arc<dyn QueueDocuments>,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let knowledge = Arc::new(Knowledge::new(client.clone(), config.knowledge_table));
        Ok(Self {
            reader: Reader::new(config.fetch),
            indexer: Indexer::new(knowledge.clone()),
            queue: knowledge,
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let incoming = requests::documents(context).await?;
        let library = incoming.library.clone();
        let (uploads, reports) = incoming.split();
        let is_async = context.prefers("respond-async");
        let results = if is_async {
            self.accept(&library, &uploads).await
        } else {
            self.ingest(&library, uploads, context.deadline).await?
        };
        let report = reports.report(results, context)?;
        let mut response = http::json(report.status(), &report)?;
        if is_async {
            http::set_respond_async_applied(&mut response);
        }
        Ok(response)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}

impl App {
    async fn accept(&self, library: &LibraryId, uploads: &[Upload]) -> Vec<Result<Ingested, HubError>> {
        let accepted = self.queue.accept(library, uploads).await.into_iter();
        accepted
            .map(|result| result.map(|()| Ingested::Pending).map_err(HubError::from))
            .collect()
    }

    /// Fetches, parses and stores the documents until the time for accepting the others has come.
    async fn ingest(
        &self,
        library: &LibraryId,
        uploads: Vec<Upload>,
        deadline: Deadline,
    ) -> Result<Vec<Result<Ingested, HubError>>, HubError> {
        let until = deadline.earlier(ACCEPT_RESERVE);
        let reading = uploads.iter().map(|upload| self.reader.document(upload, until));
        let reading: Vec<_> = reading.collect();
        let parsed: Vec<_> = stream::iter(reading).buffered(READS).collect().await;
        let valid: Vec<&Document> = parsed.iter().flatten().map(|document| &**document).collect();
        let mut stored = self.indexer.ingest(library, valid, until).await.into_iter();
        let mut unchanged: Vec<DocumentId> = Vec::new();
        let (mut late, mut places) = (Vec::new(), Vec::new());
        let mut results = Vec::new();
        for (place, (parsed, upload)) in parsed.into_iter().zip(&uploads).enumerate() {
            let result = match parsed {
                Ok(_document) => stored
                    .next()
                    .unwrap_or(Err(HubError::DeadlineExceeded(deadline.elapsed()))),
                Err(error) => Err(error),
            };
            match &result {
                Ok(stored) if stored.unchanged => unchanged.push(upload.id().clone()),
                Err(error) if may_pass(error) => {
                    places.push(place);
                    late.push(upload.clone());
                }
                _ => {}
            }
            results.push(result.map(|stored| Ingested::Ready(Box::new(stored))));
        }
        if !unchanged.is_empty() {
            // Other content that waits was sent earlier. A new version supersedes it; here, there is none.
            self.queue.withdraw(library, &unchanged).await?;
        }
        for (place, result) in places.into_iter().zip(self.accept(library, &late).await) {
            results[place] = result;
        }
        Ok(results)
    }
}

/// Whether a document may be stored later: time ran out, or the store was slow, throttled or away.
fn may_pass(error: &HubError) -> bool {
    matches!(
        error,
        HubError::DeadlineExceeded(_)
            | HubError::Store(
                StoreError::Throttled { .. } | StoreError::TimedOut { .. } | StoreError::Unavailable { .. }
            )
    )
}
