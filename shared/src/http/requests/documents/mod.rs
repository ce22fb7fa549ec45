//! Requests of `/documents` and `/documents/{id}`.

mod batch;
mod document_batch;
mod fields;
mod form;
mod parameters;
mod report;

#[cfg(feature = "openapi")]
pub(crate) use crate::domain::MAX_URL;
#[cfg(feature = "openapi")]
pub(crate) use batch::BatchBody;
pub use batch::documents;
pub use document_batch::DocumentBatch;
pub(super) use fields::{decoded, title, url};
pub use parameters::{ListDocuments, document_path, list_documents, own_document_path};
pub use report::{DocumentReport, IngestReport, Ingested, PendingReport};
