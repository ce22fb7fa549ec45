//! Deleting documents.

use jiff::Timestamp;
use ulid::Ulid;

use super::indexer::Indexer;
use crate::{
    deadline::Deadline,
    domain::{DocumentId, LibraryId},
    ports::{Garbage, Publication, Published, Segment, StoreError, WriteDocuments},
};

/// How often a deletion is tried while other writers replace the document.
const MAX_ATTEMPTS: usize = 5;

impl<S: WriteDocuments + ?Sized> Indexer<S> {
    /// Deletes a document; returns false when there is none. Merges small segments until `deadline`.
    ///
    /// # Errors
    /// When the store fails, or the document is replaced again and again.
    pub async fn delete(
        &self,
        library: &LibraryId,
        id: &DocumentId,
        deadline: Deadline,
    ) -> Result<bool, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(placed) = self.store.header(library, id).await? else {
                return Ok(false);
            };
            let dead = placed.as_dead();
            let mut segment = Segment::empty(Ulid::generate());
            segment.dead.push(dead);
            segment.documents = Some(-1);
            segment.changed_at = Some(Timestamp::now());
            let publication = Publication {
                segment,
                documents: Vec::new(),
                deleted: Some((id.clone(), placed.header.version)),
                garbage: Garbage {
                    segments: Vec::new(),
                    chunks: vec![dead.ordinals()],
                },
            };
            if self.store.publish(library, &publication).await? == Published::Done {
                self.clean_up(library, publication.segment.id, &publication.garbage)
                    .await;
                self.merge_small(library, deadline).await;
                return Ok(true);
            }
        }
        Err(StoreError::Conflict)
    }
}
