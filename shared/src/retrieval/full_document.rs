//! Reads a stored document with its full text, consistently at one version.

use crate::{
    deadline::Deadline,
    domain::{DocumentId, LibraryId, StoredDocument},
    error::HubError,
    ports::ReadDocuments,
};

/// Reassembles a document from its chunks; `None` when the id is unknown.
///
/// # Errors
/// When the store fails, or the document is replaced again and again until time runs out.
pub async fn full_document(
    documents: &dyn ReadDocuments,
    library: &LibraryId,
    id: &DocumentId,
    deadline: Deadline,
) -> Result<Option<StoredDocument>, HubError> {
    while !deadline.left().is_zero() {
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
    Err(HubError::DeadlineExceeded(deadline.elapsed()))
}
