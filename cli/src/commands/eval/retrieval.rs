//! What the sets that search a running server share.

use std::pin::pin;

use anyhow::{Context, bail};
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde_json::json;

use crate::{
    documents::{self, Document},
    server::Server,
};

/// Requests at the same time. Ingesting is work for the database, which serves all of them.
const SEARCHES_AT_ONCE: usize = 4;
const INGESTS_AT_ONCE: usize = 2;

/// What one search brought.
pub(super) struct Found {
    /// The documents of the passages, the best first. A document may stand there more than once.
    pub(super) documents: Vec<String>,
    pub(super) took_ms: f64,
    pub(super) read_units: Option<f64>,
}

/// Puts documents into a library; those that are there already cost a read.
pub(super) async fn ingest(server: &Server, library: &str, documents: Vec<Document>) -> anyhow::Result<()> {
    let progress = ProgressBar::new(documents.len() as u64);
    let documents = documents.into_iter();
    let mut outcomes = pin!(documents::send(server, library, documents, INGESTS_AT_ONCE));
    while let Some(batch) = outcomes.try_next().await? {
        progress.inc(batch.len() as u64);
        if let Some((id, failure)) = batch
            .into_iter()
            .find_map(|outcome| Some((outcome.id, outcome.failure?)))
        {
            bail!("document {id} could not be ingested: {failure}");
        }
    }
    progress.finish_and_clear();
    Ok(())
}

/// Searches for each text; the results are in the order of the texts.
pub(super) async fn search_all(
    server: &Server,
    library: &str,
    top_k: usize,
    texts: Vec<String>,
) -> anyhow::Result<Vec<Found>> {
    let progress = ProgressBar::new(texts.len() as u64);
    let searches = texts.into_iter().map(|text| search(server, library, top_k, text));
    let found = futures::stream::iter(searches).buffered(SEARCHES_AT_ONCE);
    let found = found.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    found
}

async fn search(server: &Server, library: &str, top_k: usize, text: String) -> anyhow::Result<Found> {
    let body = json!({ "query": text, "library": library, "top_k": top_k });
    let found = server.post_until_it_passes("/search", &body).await?.json;
    let results = found["results"]
        .as_array()
        .context("a search response has no `results`")?;
    let ids = results.iter().filter_map(|result| result["document_id"].as_str());
    Ok(Found {
        documents: ids.map(str::to_owned).collect(),
        took_ms: found["took_ms"]
            .as_f64()
            .context("a search response has no `took_ms`")?,
        read_units: found["usage"]["read_units"].as_f64(),
    })
}
