//! Ingestion and search over HTTP, shared by the data sets that need a running server.

use std::pin::pin;

use anyhow::{Context, bail};
use futures::{Stream, StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde_json::json;

use crate::{
    documents::{self, Document, UploadResult},
    server::{Server, ServerError},
};

const SEARCH_CONCURRENCY: usize = 4;
/// Lower than for searches: ingestion is limited by the database, which all requests share.
const INGEST_CONCURRENCY: usize = 2;

/// The result of one search.
pub(super) struct SearchResult {
    /// The ids of the passages' documents, best first. A document with several passages appears several times.
    pub(super) documents: Vec<String>,
    /// The starts of the passages in their documents, in code points.
    pub(super) starts: Vec<u64>,
    pub(super) took_ms: f64,
    pub(super) read_units: Option<f64>,
}

/// Ingests documents into a library. Unchanged documents cost only a read.
pub(super) async fn ingest(server: &Server, library: &str, documents: Vec<Document>) -> anyhow::Result<()> {
    let progress = ProgressBar::new(documents.len() as u64);
    let uploads = documents::upload(server, library, documents.into_iter(), INGEST_CONCURRENCY);
    finish(uploads, &progress).await
}

/// Like [`ingest`], with at most `batch` documents in a request: 1 to 100.
pub(super) async fn ingest_batches(
    server: &Server,
    library: &str,
    documents: Vec<Document>,
    batch: usize,
) -> anyhow::Result<()> {
    let progress = ProgressBar::new(documents.len() as u64);
    let documents = documents.into_iter();
    let uploads = documents::upload_batches(server, library, documents, batch, INGEST_CONCURRENCY);
    finish(uploads, &progress).await
}

/// Waits for uploads. Fails at the first document that is not stored.
async fn finish(
    uploads: impl Stream<Item = Result<Vec<UploadResult>, ServerError>>,
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let mut uploads = pin!(uploads);
    while let Some(batch) = uploads.try_next().await? {
        progress.inc(batch.len() as u64);
        if let Some((id, failure)) = batch
            .into_iter()
            .find_map(|result| Some((result.id, result.failure?)))
        {
            bail!("cannot ingest document {id}: {failure}");
        }
    }
    progress.finish_and_clear();
    Ok(())
}

/// Searches for each text. The results are in the order of the texts.
pub(super) async fn search_all(
    server: &Server,
    library: &str,
    top_k: usize,
    texts: Vec<String>,
) -> anyhow::Result<Vec<SearchResult>> {
    let progress = ProgressBar::new(texts.len() as u64);
    let searches = texts.into_iter().map(|text| search(server, library, top_k, text));
    let results = futures::stream::iter(searches).buffered(SEARCH_CONCURRENCY);
    let results = results.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    results
}

/// Searches for one text.
pub(super) async fn search(
    server: &Server,
    library: &str,
    top_k: usize,
    text: String,
) -> anyhow::Result<SearchResult> {
    let body = json!({ "query": text, "library": library, "top_k": top_k });
    let response = server.post_with_retry("/search", &body).await?.json;
    let results = response["results"]
        .as_array()
        .context("a search response has no `results`")?;
    let ids = results.iter().filter_map(|result| result["document_id"].as_str());
    let starts = results.iter().filter_map(|result| result["start"].as_u64());
    Ok(SearchResult {
        starts: starts.collect(),
        documents: ids.map(str::to_owned).collect(),
        took_ms: response["took_ms"]
            .as_f64()
            .context("a search response has no `took_ms`")?,
        read_units: response["usage"]["read_units"].as_f64(),
    })
}
