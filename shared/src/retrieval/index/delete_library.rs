//! Deleting libraries, in steps that can be repeated: a deletion that is interrupted begins anew and finds less.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;
use tracing::warn;
use ulid::Ulid;

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    domain::LibraryId,
    ports::{Closing, DeleteLibraries, Garbage, JournalEntry, Ordinal, StoreError},
};

/// Journal entries that began by then: all of those that exist.
const AHEAD: Duration = Duration::from_secs(60);

/// When a deletion that has not ended is taken over: longer than any function runs.
pub const ABANDONED_AFTER: Duration = Duration::from_secs(900);

/// How far the deletion of a library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryDeletion {
    /// There is no library of this name.
    Missing,
    /// It is closed, and the sweep or another request goes on.
    Begun,
    /// Nothing of it is left.
    Done,
}

impl<S: DeleteLibraries + ?Sized> Indexer<S> {
    /// Deletes a library with everything in it, until `deadline`. From the first step on, uploads to it fail with
    /// [`StoreError::BeingDeleted`]. Takes over from whoever began to delete it longer ago than `abandoned`.
    ///
    /// # Errors
    /// When the store fails; a repetition or the sweep goes on.
    pub async fn delete_library(
        &self,
        library: &LibraryId,
        abandoned: Duration,
        deadline: Deadline,
    ) -> Result<LibraryDeletion, StoreError> {
        let abandoned = SignedDuration::try_from(abandoned).unwrap_or(SignedDuration::MAX);
        let before = Timestamp::now()
            .saturating_sub(abandoned)
            .unwrap_or(Timestamp::MIN);
        let end = match self.store.close(library, before).await? {
            Closing::Missing => return Ok(LibraryDeletion::Missing),
            Closing::Held => return Ok(LibraryDeletion::Begun),
            Closing::Acquired(end) => end,
        };
        match timeout(deadline.left(), self.delete_closed(library, end)).await {
            Ok(Ok(())) => Ok(LibraryDeletion::Done),
            Ok(Err(error)) => {
                if let Err(failure) = self.store.release(library).await {
                    warn!(error = &failure as &dyn std::error::Error, "library not released");
                }
                Err(error)
            }
            Err(_elapsed) => {
                self.store.release(library).await?;
                Ok(LibraryDeletion::Begun)
            }
        }
    }

    /// Goes on with the libraries that are being deleted, until `deadline`; returns the number of those that are deleted.
    pub(super) async fn delete_closed_libraries(
        &self,
        abandoned: Duration,
        deadline: Deadline,
    ) -> Result<usize, StoreError> {
        let mut deleted = 0;
        for library in self.store.closed().await? {
            let deletion = self.delete_library(&library, abandoned, deadline).await?;
            deleted += usize::from(deletion == LibraryDeletion::Done);
        }
        Ok(deleted)
    }

    /// Deletes what a closed library has.
    async fn delete_closed(&self, library: &LibraryId, end: Ordinal) -> Result<(), StoreError> {
        self.stop_writers(library).await?;
        // From here on, searches find nothing.
        self.delete_segments(library).await?;
        while !self.store.drop_headers(library).await? {}
        // A document that was deleted meanwhile has left a segment of its own.
        self.delete_segments(library).await?;
        self.store.drop_chunks(library, 0..end).await?;
        while !self.store.drop_waiting(library).await? {}
        self.store.forget(library).await
    }

    /// Takes the journal entries of writers that began before the library was closed, so that they cannot publish. What they
    /// still write is left to the sweep.
    async fn stop_writers(&self, library: &LibraryId) -> Result<(), StoreError> {
        let before = Timestamp::now()
            .saturating_add(SignedDuration::try_from(AHEAD).unwrap_or(SignedDuration::ZERO))
            .unwrap_or(Timestamp::MAX);
        let mut after = None;
        loop {
            let entries = self.store.journal(before, after).await?;
            let Some(last) = entries.last() else {
                return Ok(());
            };
            after = Some(last.id);
            for entry in entries.iter().filter(|entry| entry.library == *library) {
                if self.store.claim(entry).await? {
                    self.store.discard(library, &entry.garbage).await?;
                }
            }
        }
    }

    /// Deletes the segments, the manifest rows first. The journal has the others' names if this is interrupted.
    async fn delete_segments(&self, library: &LibraryId) -> Result<(), StoreError> {
        loop {
            let segments = self.store.manifest(library).await?.segments;
            if segments.is_empty() {
                return Ok(());
            }
            let entry = JournalEntry {
                id: Ulid::generate(),
                library: library.clone(),
                garbage: Garbage {
                    segments: segments
                        .iter()
                        .map(|segment| (segment.id, segment.buckets))
                        .collect(),
                    chunks: Vec::new(),
                },
            };
            self.store.begin(&entry).await?;
            self.store.drop_segments(library, &segments).await?;
            self.store.discard(library, &entry.garbage).await?;
            self.store.finish(entry.id).await?;
        }
    }
}
