//! Bounded search beside exact BM25 over the same chunks, through HTTP, as a library grows; and what filling it costs.

mod corpus;
mod diagram;
mod hub;
mod quality;
mod reference;
mod rows;
mod searches;
pub(super) mod throttled;
pub(super) mod writes;

use std::{path::Path, time::Instant};

use anstream::eprintln;
use anyhow::{Context, ensure};
use attest::Profile;
use clap::Args;
use jiff::Timestamp;

use super::{
    retrieval,
    table::{self, Row},
};
use crate::server::Server;
use corpus::{Page, Query};
use hub::{Hub, WriteUnits};
use quality::Quality;
use reference::Reference;
use searches::Searches;

/// How often filling is tried. A busy machine answers calls of DynamoDB too late now and then.
const FILL_ATTEMPTS: usize = 5;

/// What `scale`, `scale-writes` and `scale-throttled` measure.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The sizes of the library in `scale`, in documents.
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1_000, 3_000, 10_000, 30_000])]
    sizes: Vec<usize>,
    /// The most questions at each size in `scale`: of those whose page is in the library, evenly spread.
    #[arg(long, value_name = "N", default_value_t = 300)]
    queries: usize,
    /// The number of documents of a request in `scale` and `scale-writes`, 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=100))]
    batch: u16,
    /// Builds the functions of the server in memory with optimizations.
    #[arg(long)]
    release: bool,
}

impl Options {
    fn profile(&self) -> Profile {
        if self.release {
            Profile::Release
        } else {
            Profile::Dev
        }
    }
}

/// What is measured at one size.
struct Measured {
    documents: usize,
    chunks: usize,
    filling: Filling,
    searches: Searches,
    quality: Quality,
    stored_bytes: Option<f64>,
}

/// The ingestion of the documents from one size to the next.
struct Filling {
    documents: usize,
    batches: usize,
    /// How often filling was tried: units and seconds of failed tries are included.
    attempts: usize,
    seconds: f64,
    /// Those of all functions, if they can be observed.
    write_units: Option<WriteUnits>,
    /// The duration of the sweep that followed.
    sweep_seconds: Option<f64>,
}

/// Grows a library from size to size. At each size, searches for the same questions over HTTP and exactly. Without a
/// `server`, starts one in memory; only there, cold searches and write units can be measured.
pub(super) async fn measure(
    folder: &Path,
    options: &Options,
    svg: Option<&Path>,
    server: Option<Server>,
) -> anyhow::Result<Vec<Row>> {
    let mut sizes = options.sizes.clone();
    sizes.sort_unstable();
    sizes.dedup();
    ensure!(
        sizes.first().is_some_and(|size| *size > 0),
        "--sizes must be above 0"
    );
    let largest = sizes.last().copied().unwrap_or_default();
    let pages = corpus::pages(folder, largest)?;
    let queries = corpus::queries(folder)?;
    let hub = match server {
        Some(server) => Hub::running(server),
        None => Hub::in_memory(options.profile()).await?,
    };
    // New in each run: a library that is filled already would have the last size at once.
    let library = format!("scale-{}", Timestamp::now().as_millisecond());
    let mut growing = Growing {
        hub: &hub,
        library: &library,
        pages: &pages,
        queries: &queries,
        options,
        reference: Reference::default(),
        filled: 0,
    };
    let mut measured = Vec::new();
    let mut failure = None;
    for size in sizes {
        match growing.measure(size).await {
            Ok(at_size) => measured.push(at_size),
            Err(error) => {
                failure = Some(error.context(format!("at {size} documents")));
                break;
            }
        }
    }
    hub.stop().await;
    if let Some(file) = svg {
        std::fs::write(file, diagram::diagram(&measured))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let rows: Vec<Row> = measured.iter().flat_map(rows::rows).collect();
    if let Some(failure) = failure {
        // The smaller sizes took long to measure.
        table::print(&rows);
        return Err(failure);
    }
    Ok(rows)
}

/// A library while it grows.
struct Growing<'a> {
    hub: &'a Hub,
    library: &'a str,
    pages: &'a [Page],
    queries: &'a [Query],
    options: &'a Options,
    reference: Reference,
    /// The number of pages that are ingested.
    filled: usize,
}

impl Growing<'_> {
    /// Fills the library up to a size, in documents, and searches it.
    async fn measure(&mut self, size: usize) -> anyhow::Result<Measured> {
        let added = &self.pages[self.filled..size];
        let filling = fill(self.hub, self.library, added, usize::from(self.options.batch)).await?;
        self.reference.add(added)?;
        self.filled = size;
        let queries = corpus::answerable(self.queries, &self.pages[..size], self.options.queries);
        ensure!(!queries.is_empty(), "no question is about these pages");
        let searches = searches::run(self.hub, self.library, &queries).await?;
        let compared = searches.cold.as_ref().unwrap_or(&searches.warm);
        let quality = quality::measure(&self.reference, &queries, compared)?;
        let chunks = self.reference.chunks();
        eprintln!(
            "{size} documents, {chunks} chunks: hit@10 {:.3}, exact {:.3}, overlap {:.3}",
            quality.http.at_10, quality.exact.at_10, quality.overlap
        );
        let local = self.hub.local.as_ref();
        Ok(Measured {
            documents: size,
            chunks,
            filling,
            searches,
            quality,
            stored_bytes: local.map(hub::LocalCloud::stored_bytes).transpose()?,
        })
    }
}

/// Ingests pages, and waits until functions in the background have merged what they merge.
async fn fill(hub: &Hub, library: &str, pages: &[Page], batch: usize) -> anyhow::Result<Filling> {
    let position = hub.local.as_ref().map(hub::LocalCloud::log_position);
    let started = Instant::now();
    let mut attempt = 1;
    loop {
        let documents = pages.iter().map(Page::to_request).collect();
        match retrieval::ingest_batches(&hub.server, library, documents, batch).await {
            Ok(()) => break,
            // What is stored already costs a read. The units of the failed writes count too.
            Err(error) if attempt < FILL_ATTEMPTS => {
                eprintln!("attempt {attempt} to fill: {error:#}");
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let (mut write_units, mut sweep_seconds) = (None, None);
    if let (Some(local), Some(position)) = (&hub.local, position) {
        sweep_seconds = Some(local.finish_background_work().await?.as_secs_f64());
        write_units = Some(local.write_units_since(position));
    }
    Ok(Filling {
        documents: pages.len(),
        batches: pages.len().div_ceil(batch),
        attempts: attempt,
        seconds,
        write_units,
        sweep_seconds,
    })
}
