//! Operations of `/libraries`.

use ::http::Method;
use serde_json::json;

use super::{
    operation::{Operation, SuccessResponse, example},
    parameters::cursor_and_limit,
    schemas::Schemas,
};
use crate::{
    domain::LibraryId,
    http::{ClosedLibrary, LibraryPage},
};

const PREFER: &str = "`respond-async` closes the library and responds at once (RFC 7240).";

/// Every operation of the group.
pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let list = Operation::new(
        Method::GET,
        "/libraries",
        "listLibraries",
        "documents",
        "List libraries",
        "Returns the libraries that have or had documents, ordered by name. A library is created by the first document that is \
         stored in it.",
    );
    let delete = Operation::new(
        Method::DELETE,
        "/libraries/{name}",
        "deleteLibrary",
        "documents",
        "Delete a library",
        "Deletes every document of the library, what is accepted and not stored yet, and its crawls. Nothing of it is found from \
         the first seconds on. A deletion that does not fit into the request goes on within the hour, or when the request is \
         repeated. Until it is done, uploads to the library are refused with status 409.",
    );
    vec![
        cursor_and_limit(list).responds(
            SuccessResponse::ok(
                "A page of libraries.",
                schemas.response::<LibraryPage>(),
                example!("listLibraries"),
            )
            .links(&["deleteLibrary"], "name", "$response.body#/libraries/0/name")
            .links(&["listLibraries"], "cursor", "$response.body#/next_cursor"),
        ),
        delete
            .path_part("name", schemas.request::<LibraryId>(), "The name of the library.")
            .header("Prefer", json!({ "type": "string" }), PREFER)
            .fails(&[404])
            .responds(
                SuccessResponse::new(202, "The deletion has begun.")
                    .json(schemas.response::<ClosedLibrary>(), example!("deleteLibrary"))
                    .header("Preference-Applied"),
            )
            .responds(SuccessResponse::new(204, "The library is deleted.")),
    ]
}
