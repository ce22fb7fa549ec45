//! Reads a stored document with its full text, consistently at one version.

use crate::{
    domain::{DocumentId, LibraryId, StoredDocument},
    error::HubError,
    ports::{ReadDocuments, StoreError},
};

/// How often a document is read. Another version may be published between the reads of its header and its text; a second time
/// in a row, hardly, and a document whose text stays incomplete is damaged.
const MAX_ATTEMPTS: usize = 3;

/// Reassembles a document from its chunks; `None` when the id is unknown.
///
/// # Errors
/// When the store fails, or a part of the text is missing.
pub async fn full_document(
    documents: &dyn ReadDocuments,
    library: &LibraryId,
    id: &DocumentId,
) -> Result<Option<StoredDocument>, HubError> {
    for _ in 0..MAX_ATTEMPTS {
        let Some(placed) = documents.header(library, id).await? else {
            return Ok(None);
        };
        if let Some(text) = documents.text(library, &placed).await? {
            return Ok(Some(StoredDocument {
                library: library.clone(),
                header: placed.header,
                text,
            }));
        }
        // A new version was published between the two reads, and this one is being removed: read the new one.
    }
    Err(StoreError::Corrupt {
        row: "document",
        reason: "a part of its text is missing".to_owned(),
    }
    .into())
}
