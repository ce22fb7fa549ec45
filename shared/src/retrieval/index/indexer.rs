//! The indexer: what its operations share.

use std::sync::Arc;

use tracing::warn;
use ulid::Ulid;

use crate::{
    domain::LibraryId,
    ports::{Garbage, StoreError, WriteDocuments},
};

/// Writes documents and their index.
pub struct Indexer<S: ?Sized> {
    pub(super) store: Arc<S>,
}

impl<S: WriteDocuments + ?Sized> Indexer<S> {
    /// Creates an indexer over this store.
    pub fn new(store: Arc<S>) -> Self {
        Self { store }
    }

    /// Deletes what a publication made superfluous. A failure is logged: the sweep repeats it.
    pub(super) async fn clean_up(&self, library: &LibraryId, entry: Ulid, garbage: &Garbage) {
        let cleanup = async {
            if !garbage.is_empty() {
                self.store.discard(library, garbage).await?;
                self.store.finish(entry).await?;
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = cleanup.await {
            warn!(
                error = &error as &dyn std::error::Error,
                "orphaned rows are left for the sweep"
            );
        }
    }
}
