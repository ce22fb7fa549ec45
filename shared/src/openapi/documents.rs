//! `/documents` and `/search`: what answers are made from.

use ::http::Method;
use serde_json::json;

use super::{
    operation::{Operation, Reply, example},
    schemas::Schemas,
    service::{cursor_and_limit, library},
};
use crate::{
    domain::{DocumentId, MAX_TEXT_BYTES, NOT_BLANK, StoredDocument},
    http::{
        DocumentPage, SearchReply,
        requests::{
            Report,
            described::{Batch, MAX_TITLE, MAX_URL, SearchBody},
        },
    },
};

/// What can be asked about one document.
const ABOUT_ONE: [&str; 2] = ["getDocument", "deleteDocument"];

pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let operation = |method, path, id, summary, description| {
        Operation::new(method, path, id, "documents", summary, description)
    };
    let about = |schemas: &mut Schemas, method, id, summary, description| {
        let document_id = schemas.read::<DocumentId>();
        let operation = operation(method, "/documents/{id}", id, summary, description);
        library(schemas, operation)
            .path_part("id", document_id, "The `id` of a document.")
            .fails(&[404])
    };
    let raw = json!({ "schema": {
        "type": "string", "minLength": 1, "maxLength": MAX_TEXT_BYTES, "pattern": NOT_BLANK,
    }, "example": "The lamp was lit on 3 May 1871. Its first keeper was Ada Holm." });
    let batch = json!({
        "schema": schemas.read::<Batch>(),
        "example": serde_json::from_str::<serde_json::Value>(example!("ingestDocuments.request")).unwrap_or_default(),
    });
    let report = schemas.written::<Report>();
    let ingest = operation(
        Method::POST,
        "/documents",
        "ingestDocuments",
        "Stores documents",
        "A batch as JSON, or one document as text that parameters describe. The same `id` with new content is a new \
         version; the same content again changes nothing.",
    );
    let list = operation(
        Method::GET,
        "/documents",
        "listDocuments",
        "Lists documents",
        "Without their texts, in the order of their ids.",
    );
    vec![
        library(schemas, ingest)
            .query(
                "id",
                schemas.read::<DocumentId>(),
                "The name of a document that is sent as text.",
            )
            .query(
                "title",
                json!({ "type": "string", "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK }),
                "The title of a document that is sent as text.",
            )
            .query(
                "url",
                json!({ "type": "string", "format": "uri", "pattern": "^https?://", "maxLength": MAX_URL }),
                "The address of a document that is sent as text.",
            )
            .body(
                true,
                json!({ "application/json": batch, "text/markdown": raw, "text/plain": raw }),
            )
            .fails(&[400, 409, 415, 422])
            .answers(
                Reply::ok("All are stored.", report.clone(), example!("ingestDocuments")).leads_to(
                    &ABOUT_ONE,
                    "id",
                    "$response.body#/documents/0/id",
                ),
            )
            .answers(
                Reply::new(207, "Some are not, and say why.")
                    .json(report, example!("ingestDocuments.partly")),
            ),
        library(schemas, cursor_and_limit(list)).answers(
            Reply::ok(
                "One page.",
                schemas.written::<DocumentPage>(),
                example!("listDocuments"),
            )
            .leads_to(&ABOUT_ONE, "id", "$response.body#/documents/0/id")
            .leads_to(&["listDocuments"], "cursor", "$response.body#/next_cursor"),
        ),
        about(
            schemas,
            Method::GET,
            "getDocument",
            "Reads a document",
            "With its text, which the offsets of quotations count in.",
        )
        .answers(Reply::ok(
            "The document.",
            schemas.written::<StoredDocument>(),
            example!("getDocument"),
        )),
        about(
            schemas,
            Method::DELETE,
            "deleteDocument",
            "Deletes a document",
            "From then on it is not found any more.",
        )
        .answers(Reply::new(204, "It is gone.")),
        operation(
            Method::POST,
            "/search",
            "search",
            "Finds passages",
            "What an answer would be made from, without an answer.",
        )
        .takes(schemas.read::<SearchBody>(), example!("search.request"))
        .answers(
            Reply::ok(
                "What was found.",
                schemas.written::<SearchReply>(),
                example!("search"),
            )
            .header("Server-Timing"),
        ),
    ]
}
