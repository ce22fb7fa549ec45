//! Keyword search lane: BM25 over the segments of the index, with a bounded number of reads, whatever the size of the
//! library.
//!
//! At most four reads follow each other: the manifest, the buckets of the question's terms, the blocks of frequent terms
//! that matter most, and the chunks of the best candidates, which are scored exactly.

mod lookup;
mod row_cache;
mod similar;

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::try_join;

use self::{
    lookup::{Found, look_up},
    row_cache::RowCache,
};
use super::{
    exact::{best_first, passage},
    ranking::{RERANKED, lookup_terms},
    segment::merge::is_dead,
};
use crate::{
    domain::{LaneName, LibraryId, Passage, Question},
    ports::{Lane, LaneError, LaneResult, Manifest, Ordinal, ReadIndex, StoreError, StoredChunk},
};

/// How often a search starts anew because the library changed while it was read.
const MAX_ATTEMPTS: usize = 8;

/// BM25 over the stored index. Keeps rows of segments, which never change.
pub struct KeywordLane {
    index: Arc<dyn ReadIndex>,
    rows: RowCache,
}

impl KeywordLane {
    /// Creates the lane over this index.
    pub fn new(index: Arc<dyn ReadIndex>) -> Self {
        Self {
            index,
            rows: RowCache::default(),
        }
    }

    /// Searches one snapshot of the library; `None` if a row of it is gone, so that the library must have changed.
    async fn search(
        &self,
        library: &LibraryId,
        manifest: &Manifest,
        question: &str,
        top_k: usize,
    ) -> Result<Option<LaneResult>, StoreError> {
        let terms = lookup_terms(question, &manifest.languages());
        let reader = row_cache::Reader {
            index: &*self.index,
            rows: &self.rows,
            library,
        };
        let Some(found) = look_up(&reader, manifest, &terms).await? else {
            return Ok(None);
        };
        let candidates = candidates(&found, manifest, top_k);
        let (chunks, similar) = try_join(
            self.index.chunks(library, &candidates),
            similar::words(&reader, manifest, question, &found.unknown),
        )
        .await?;
        let Some(similar) = similar else {
            return Ok(None);
        };
        let Some(chunks) = chunks.into_iter().collect::<Option<Vec<StoredChunk>>>() else {
            return Ok(None);
        };
        let average = manifest.terms() as f64 / manifest.chunks().max(1) as f64;
        let mut passages: Vec<Passage> = best_first(chunks, &found.weights(), average)
            .into_iter()
            .take(top_k)
            .map(|(score, chunk)| passage(score, chunk))
            .collect();
        for (rank, passage) in (1..).zip(&mut passages) {
            passage.lanes.insert(LaneName::Keyword, rank);
        }
        Ok(Some(LaneResult {
            passages,
            unknown: found.unknown,
            similar,
            weights: found
                .frequencies
                .into_iter()
                .map(|(term, idf)| (term.text, idf))
                .collect(),
        }))
    }
}

#[async_trait]
impl Lane for KeywordLane {
    async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError> {
        for _ in 0..MAX_ATTEMPTS {
            let manifest = self.index.manifest(library).await?;
            if let Some(result) = Box::pin(self.search(library, &manifest, question.as_str(), top_k)).await? {
                return Ok(result);
            }
        }
        Err(StoreError::Corrupt {
            row: "segment or chunk",
            reason: "it is missing, or the library changes all the time".into(),
        }
        .into())
    }
}

/// The current chunks with the highest sums of impacts, best first. If everything was read, the sums are nearly exact.
fn candidates(found: &Found, manifest: &Manifest, top_k: usize) -> Vec<Ordinal> {
    let mut dead: Vec<_> = manifest.dead().copied().collect();
    dead.sort_unstable();
    let mut best: Vec<(f32, Ordinal)> = found
        .sums
        .iter()
        .filter(|(ordinal, _)| !is_dead(&dead, **ordinal))
        .map(|(&ordinal, &sum)| (sum, ordinal))
        .collect();
    let best_first = |a: &(f32, Ordinal), b: &(f32, Ordinal)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let count = if found.is_complete {
        top_k + 2 * top_k / 5
    } else {
        (2 * top_k).max(RERANKED) + 2
    };
    if best.len() > count {
        best.select_nth_unstable_by(count, best_first);
        best.truncate(count);
    }
    best.sort_unstable_by(best_first);
    best.into_iter().map(|(_, ordinal)| ordinal).collect()
}
