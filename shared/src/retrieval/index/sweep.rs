//! The sweep: deletes what dead writers left, and finishes merges and deletions of libraries that were too large for a request.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    ports::{DeleteLibraries, StoreError},
    retrieval::segment::plan::Merger,
};

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Number of interrupted writes whose rows were deleted.
    pub mended: usize,
    /// Number of merges.
    pub merged: usize,
    /// Number of libraries whose deletion it finished.
    pub deleted: usize,
}

impl<S: DeleteLibraries + ?Sized> Indexer<S> {
    /// Deletes the rows of writes that began longer ago than `older_than` and never ended, then merges what is due and goes on
    /// with deletions of libraries, until `deadline`. Memory does not depend on the size of a library, and time only in merges
    /// and deletions.
    ///
    /// # Errors
    /// When the store fails; the next sweep continues.
    pub async fn sweep(&self, older_than: Duration, deadline: Deadline) -> Result<Swept, StoreError> {
        let abandoned = older_than;
        let older_than = SignedDuration::try_from(older_than).unwrap_or(SignedDuration::MAX);
        let before = Timestamp::now()
            .saturating_sub(older_than)
            .unwrap_or(Timestamp::MIN);
        let mut swept = Swept {
            mended: 0,
            merged: 0,
            deleted: 0,
        };
        // First, because the merges of a library that is being deleted would find rows missing.
        let deleted = self.delete_closed_libraries(abandoned, deadline).await;
        let mut after = None;
        while !deadline.left().is_zero() {
            let entries = self.store.journal(before, after).await?;
            let Some(last) = entries.last() else { break };
            after = Some(last.id);
            for entry in &entries {
                if self.store.claim(entry).await? {
                    self.store.discard(&entry.library, &entry.garbage).await?;
                    self.store.finish(entry.id).await?;
                    swept.mended += 1;
                }
            }
        }
        let closed = self.store.closed().await?;
        let waiting = self.store.waiting_for_merge().await?;
        for library in waiting.iter().filter(|library| !closed.contains(library)) {
            swept.merged += self.merge(library, Merger::Sweep, deadline).await?;
        }
        swept.deleted = deleted?;
        Ok(swept)
    }
}
