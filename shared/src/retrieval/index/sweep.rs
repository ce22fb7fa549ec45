//! The sweep: deletes what dead writers left, and finishes merges that were too large for a writer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    ports::{StoreError, SweepDocuments},
    retrieval::segment::plan::Merger,
};

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Number of interrupted writes whose rows were deleted.
    pub mended: usize,
    /// Number of merges.
    pub merged: usize,
}

impl<S: SweepDocuments + ?Sized> Indexer<S> {
    /// Deletes the rows of writes that began longer ago than `older_than` and never ended, then merges what is due, until
    /// `deadline`. Time and memory do not depend on the size of a library, except for merges, whose memory does not.
    ///
    /// # Errors
    /// When the store fails; the next sweep continues.
    pub async fn sweep(&self, older_than: Duration, deadline: Deadline) -> Result<Swept, StoreError> {
        let older_than = SignedDuration::try_from(older_than).unwrap_or(SignedDuration::MAX);
        let before = Timestamp::now()
            .saturating_sub(older_than)
            .unwrap_or(Timestamp::MIN);
        let mut swept = Swept { mended: 0, merged: 0 };
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
        for library in self.store.waiting_for_merge().await? {
            swept.merged += self.merge(&library, Merger::Sweep, deadline).await?;
        }
        Ok(swept)
    }
}
