//! The documents of a request.

use std::collections::HashSet;

use super::report::PendingReport;
use crate::domain::{DocumentId, InvalidInput, LibraryId, Upload};

/// The most documents of one request.
pub(super) const MAX_DOCUMENTS: usize = 100;

/// The documents of a request, each parsed on its own: a document or its faults.
#[derive(Debug)]
pub struct DocumentBatch {
    /// The library to store them in.
    pub library: LibraryId,
    /// Each document with its id; `None` when the request has no valid id and none could be derived.
    pub documents: Vec<(Option<DocumentId>, Result<Upload, InvalidInput>)>,
    /// Whether the body is the document, so that its failure is that of the request.
    pub is_single: bool,
}

impl DocumentBatch {
    /// The documents to store, and the report to complete with their results. Of several documents with the same id
    /// only the first is stored.
    pub fn split(self) -> (Vec<Upload>, PendingReport) {
        let mut valid = Vec::new();
        let mut ids = HashSet::new();
        let entry = |(id, document): (Option<DocumentId>, Result<Upload, InvalidInput>)| match document {
            Ok(document) if ids.insert(document.id().clone()) => {
                valid.push(document);
                (id, None)
            }
            Ok(document) => {
                let duplicate =
                    InvalidInput::invalid_value("/id", "another document of this request has the same id");
                (Some(document.id().clone()), Some(duplicate))
            }
            Err(invalid) => (id, Some(invalid)),
        };
        let entries = self.documents.into_iter().map(entry).collect();
        (
            valid,
            PendingReport {
                entries,
                is_single: self.is_single,
            },
        )
    }
}

/// A document or its faults, with its id if there is one.
pub(super) fn entry(
    id: Option<String>,
    upload: Result<Upload, InvalidInput>,
) -> (Option<DocumentId>, Result<Upload, InvalidInput>) {
    let stated = id.and_then(|id| DocumentId::parse(&id).ok());
    let derived = || upload.as_ref().ok().map(|upload| upload.id().clone());
    (stated.or_else(derived), upload)
}
