//! Parameters of `/libraries`: the page of a list, and the name of a library.

use super::limit::limit;
use crate::{
    domain::{InvalidInput, LibraryId},
    error::HubError,
    http::request_context::RequestContext,
};

/// Parses the query parameters of `GET /libraries`: the most libraries on the page, 1 to 100.
///
/// # Errors
/// When `limit` is out of range.
pub fn list_libraries(context: &RequestContext<'_>) -> Result<usize, InvalidInput> {
    limit(context)
}

/// The library of `/libraries/{name}`.
///
/// # Errors
/// [`HubError::NotFound`] when it is not a library name, because no library can have it.
pub fn library_path(context: &RequestContext<'_>) -> Result<LibraryId, HubError> {
    LibraryId::parse(&context.path("name")).map_err(|_| HubError::NotFound("library"))
}
