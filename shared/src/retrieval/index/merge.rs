//! Merging segments: by writers while they are small, else by the sweep. One writer merges a library at a time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::warn;
use ulid::Ulid;

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    domain::LibraryId,
    ports::{Garbage, JournalEntry, Manifest, Published, Segment, StoreError, WriteDocuments},
    retrieval::segment::{
        merge::{merge, unmarked},
        plan::{self, Merger},
    },
};

/// The time that a merge by a writer must have left.
const MIN_TIME: Duration = Duration::from_secs(8);
/// The time after which a lease has certainly ended: longer than any function runs.
const MAX_LEASE: Duration = Duration::from_secs(900);

impl<S: WriteDocuments + ?Sized> Indexer<S> {
    /// Merges small segments after a publication. A failure is logged: the next writer or the sweep continues.
    pub(super) async fn merge_small(&self, library: &LibraryId, deadline: Deadline) {
        let merging = async {
            if plan::due(&self.store.manifest(library).await?, Merger::Writer).is_empty() {
                return Ok(0);
            }
            self.merge(library, Merger::Writer, deadline).await
        };
        if let Err(error) = Box::pin(merging).await {
            warn!(error = &error as &dyn std::error::Error, "segments not merged");
        }
    }

    /// Merges what is due until `deadline`; returns the number of merges. The sweep also removes the note that the library waits
    /// to be merged; writers leave it, because more is due for the sweep than for them.
    pub(super) async fn merge(
        &self,
        library: &LibraryId,
        merger: Merger,
        deadline: Deadline,
    ) -> Result<usize, StoreError> {
        let mut merges = 0;
        loop {
            let now = Timestamp::now();
            let lease = deadline.cap(MAX_LEASE);
            let until = now + SignedDuration::try_from(lease).unwrap_or(SignedDuration::ZERO);
            if !self.store.acquire_merging(library, now, until).await? {
                return Ok(merges);
            }
            let result = self.merge_leased(library, merger, deadline).await;
            let is_done = matches!(result, Ok((_, true)));
            let is_released = self.store.release_merging(library, is_done).await?;
            merges += result?.0;
            if is_released || !is_done {
                return Ok(merges);
            }
            // Another writer published meanwhile and left its merge to this one.
        }
    }

    /// Merges as the holder of the lease; returns the number of merges, and whether nothing is due any more for anyone.
    async fn merge_leased(
        &self,
        library: &LibraryId,
        merger: Merger,
        deadline: Deadline,
    ) -> Result<(usize, bool), StoreError> {
        let mut merges = 0;
        loop {
            let manifest = self.store.manifest(library).await?;
            let mut due = plan::due(&manifest, merger);
            if due.is_empty() {
                return Ok((merges, merger == Merger::Sweep));
            }
            if merger == Merger::Writer {
                due = within(due, plan::MAX_WRITER_CHUNKS);
            }
            if due.is_empty() || deadline.left() < MIN_TIME {
                return Ok((merges, false));
            }
            self.replace(library, &manifest, &due).await?;
            merges += 1;
        }
    }

    /// Merges these segments into one that replaces them.
    async fn replace(
        &self,
        library: &LibraryId,
        manifest: &Manifest,
        sources: &[&Segment],
    ) -> Result<(), StoreError> {
        let id = Ulid::generate();
        let entry = |segments| JournalEntry {
            id,
            library: library.clone(),
            garbage: Garbage {
                segments,
                chunks: Vec::new(),
            },
        };
        // The number of buckets is not known yet; every possible row is looked for.
        self.store.begin(&entry(vec![(id, u32::MAX)])).await?;
        let unmarked = unmarked(manifest, sources);
        let merged = merge(&*self.store, library, sources, &unmarked, id).await?;
        let sources: Vec<Segment> = sources.iter().map(|&segment| segment.clone()).collect();
        let published = self.store.swap(library, &merged, &sources, &unmarked).await?;
        if published != Published::Done {
            return Err(StoreError::Conflict);
        }
        let garbage = sources.iter().map(|source| (source.id, source.buckets)).collect();
        self.clean_up(library, id, &entry(garbage).garbage).await;
        Ok(())
    }
}

/// The smallest of the segments that have at most `max_chunks` chunks together; none if that is one.
fn within(mut due: Vec<&Segment>, max_chunks: u64) -> Vec<&Segment> {
    due.sort_unstable_by_key(|segment| (segment.chunks, segment.id));
    let mut chunks = 0;
    let fitting = due.iter().take_while(|segment| {
        chunks += segment.chunks;
        chunks <= max_chunks
    });
    let fitting = fitting.count();
    if fitting < 2 && due.len() > fitting {
        return Vec::new();
    }
    due.truncate(fitting);
    due.sort_unstable_by_key(|segment| segment.id);
    due
}
