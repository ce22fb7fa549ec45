//! Parameters of `/documents`: library, document id, and the page of a list.

use super::super::{
    faults::{collect, or_invalid, parameter},
    limit::limit,
};
use crate::{
    domain::{DocumentId, InvalidInput, LibraryId},
    error::HubError,
    http::request_context::RequestContext,
};

/// A valid request for a page of documents.
#[derive(Debug)]
pub struct ListDocuments {
    /// The most documents on the page, 1 to 100.
    pub limit: usize,
    /// The library to list.
    pub library: LibraryId,
    /// What the ids begin with; empty for all.
    pub prefix: String,
    /// The filter as text; a cursor is valid for this filter only.
    pub filter_text: String,
}

/// Parses the query parameters of `GET /documents`.
///
/// # Errors
/// Every fault of the parameters.
pub fn list_documents(context: &RequestContext<'_>) -> Result<ListDocuments, InvalidInput> {
    let mut faults = None;
    let limit = collect(limit(context), &mut faults);
    let library = collect(library(context), &mut faults);
    let prefix = collect(prefix(context), &mut faults);
    match (limit, library, prefix, faults) {
        (Some(limit), Some(library), Some(prefix), None) => {
            // Without a prefix as before there was one: cursors outlive an update.
            let filter_text = match prefix.as_str() {
                "" => format!("documents {library}"),
                prefix => format!("documents {library} {prefix}"),
            };
            Ok(ListDocuments {
                limit,
                library,
                prefix,
                filter_text,
            })
        }
        (.., faults) => Err(or_invalid(faults)),
    }
}

/// The query parameter `prefix`; empty when it is omitted.
///
/// # Errors
/// When it is longer than an id.
fn prefix(context: &RequestContext<'_>) -> Result<String, InvalidInput> {
    match context.query("prefix").unwrap_or_default() {
        prefix if prefix.len() <= DocumentId::MAX_BYTES => Ok(prefix.to_owned()),
        _ => {
            let detail = format!("must be at most {} bytes", DocumentId::MAX_BYTES);
            Err(InvalidInput::malformed("?prefix", detail))
        }
    }
}

/// The query parameter `library`; the default library when it is omitted.
///
/// # Errors
/// When it is not a library name.
pub(super) fn library(context: &RequestContext<'_>) -> Result<LibraryId, InvalidInput> {
    let name = context.query("library");
    parameter(
        "library",
        name.map_or_else(|| Ok(LibraryId::default()), LibraryId::parse),
    )
}

/// The library and the id of a document that is to be deleted.
///
/// # Errors
/// Those of [`document_path`]; [`HubError::Invalid`] for the copy of a web page, which answers quote and which expires.
pub fn own_document_path(context: &RequestContext<'_>) -> Result<(LibraryId, DocumentId), HubError> {
    let (library, id) = document_path(context)?;
    DocumentId::parse_own(id.as_str())?;
    Ok((library, id))
}

/// The library and the document id of `/documents/{id}`.
///
/// # Errors
/// [`HubError::Invalid`] when the library name is not valid; [`HubError::NotFound`] when the id is not, because no
/// document can have it.
pub fn document_path(context: &RequestContext<'_>) -> Result<(LibraryId, DocumentId), HubError> {
    let library = library(context)?;
    let id = DocumentId::parse(&context.path("id")).map_err(|_| HubError::NotFound("document"))?;
    Ok((library, id))
}
