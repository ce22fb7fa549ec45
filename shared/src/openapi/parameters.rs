//! Query parameters that several groups of operations share.

use serde_json::json;

use super::{operation::Operation, schemas::Schemas};
use crate::{
    domain::LibraryId,
    http::requests::described::{DEFAULT_LIMIT, MAX_LIMIT},
};

/// Adds the parameters of a list: `limit` and `cursor`.
pub(super) fn cursor_and_limit(operation: Operation) -> Operation {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT });
    operation
        .query("limit", limit, "The maximum number of items on the page.")
        .query(
            "cursor",
            json!({ "type": "string" }),
            "The `next_cursor` of the previous page. The other parameters must be the same.",
        )
}

/// Adds the parameter `library`.
pub(super) fn library(schemas: &mut Schemas, operation: Operation) -> Operation {
    let mut schema = schemas.request::<LibraryId>();
    schema["default"] = LibraryId::default().as_str().into();
    operation.query("library", schema, "The library, a named set of documents.")
}
