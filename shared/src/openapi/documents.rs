//! Operations of `/documents` and `/search`.

use ::http::Method;
use serde_json::json;

use super::{
    operation::{Operation, SuccessResponse, example},
    parameters::{cursor_and_limit, library},
    schemas::Schemas,
};
use crate::{
    domain::{DocumentId, LibraryId, MAX_TEXT_BYTES, MAX_TITLE, NOT_BLANK},
    http::{
        DocumentPage, DocumentReply, SearchReply,
        requests::{
            IngestReport,
            described::{BatchBody, MAX_URL, SearchBody},
        },
    },
};

/// Operations on one document, to link to.
const ON_DOCUMENT: [&str; 2] = ["getDocument", "deleteDocument"];

const PREFER: &str = "`respond-async` accepts the documents and stores them asynchronously (RFC 7240).";

/// Every operation of the group.
pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let operation = |method, path, id, summary, description| {
        Operation::new(method, path, id, "documents", summary, description)
    };
    let on_document = |schemas: &mut Schemas, method, id, summary, description| {
        let document_id = schemas.request::<DocumentId>();
        let operation = operation(method, "/documents/{id}", id, summary, description);
        library(schemas, operation)
            .path_part("id", document_id, "The `id` of the document.")
            .fails(&[404])
    };
    let text = json!({ "schema": {
        "type": "string", "minLength": 1, "maxLength": MAX_TEXT_BYTES, "pattern": NOT_BLANK,
    }, "example": "The lamp was lit on 3 May 1871. Its first keeper was Ada Holm." });
    let file = json!({ "schema": { "type": "string", "format": "binary", "minLength": 1 } });
    let form = json!({ "schema": {
        "type": "object",
        "properties": {
            "file": { "type": "string", "format": "binary", "minLength": 1 },
            "library": schemas.request::<LibraryId>(),
            "id": schemas.request::<DocumentId>(),
            "title": { "type": "string", "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK },
        },
        "required": ["file"],
        "additionalProperties": false,
    } });
    let batch = json!({
        "schema": schemas.request::<BatchBody>(),
        "example": serde_json::from_str::<serde_json::Value>(example!("ingestDocuments.request")).unwrap_or_default(),
    });
    let report = schemas.response::<IngestReport>();
    let ingest = operation(
        Method::POST,
        "/documents",
        "ingestDocuments",
        "Store documents",
        "Send a batch as JSON: each document is a text, a file in base64, or the address of a page or file, which is fetched. Or \
         send a form with files (`multipart/form-data`); its other fields are those of a document. Or send one document as the \
         body, with its metadata in query parameters: a text, or a file of a type such as DOCX, XLSX or EPUB. New content under an \
         existing `id` creates a new version; identical content changes nothing. YAML front matter of a Markdown text is \
         read into the header, unless the request has the same field, and is not part of the text. Documents that cannot \
         be stored within the request are accepted and stored later: poll `GET /documents/{id}`.",
    )
    .header("Prefer", json!({ "type": "string" }), PREFER);
    let list = operation(
        Method::GET,
        "/documents",
        "listDocuments",
        "List documents",
        "Returns the documents of a library without their texts, ordered by id.",
    );
    vec![
        library(schemas, ingest)
            .query(
                "id",
                schemas.request::<DocumentId>(),
                "The id of a document that is the body.",
            )
            .query(
                "title",
                json!({ "type": "string", "minLength": 1, "maxLength": MAX_TITLE, "pattern": NOT_BLANK }),
                "The title of a document that is the body.",
            )
            .query(
                "url",
                json!({ "type": "string", "format": "uri", "pattern": "^https?://", "maxLength": MAX_URL }),
                "The URL of a document that is the body.",
            )
            .query(
                "name",
                json!({ "type": "string", "maxLength": 500 }),
                "The name of a file that is the body.",
            )
            .body(
                true,
                json!({
                    "application/json": batch,
                    "multipart/form-data": form,
                    "text/markdown": text,
                    "text/plain": text,
                    "*/*": file,
                }),
            )
            .fails(&[400, 409, 415, 422])
            .responds(
                SuccessResponse::ok(
                    "Every document is stored.",
                    report.clone(),
                    example!("ingestDocuments"),
                )
                .links(&ON_DOCUMENT, "id", "$response.body#/documents/0/id"),
            )
            .responds(
                SuccessResponse::new(
                    202,
                    "No document failed. Those that are `pending` are accepted and will be stored later.",
                )
                .json(report.clone(), example!("ingestDocuments.accepted"))
                .header("Preference-Applied")
                .links(&ON_DOCUMENT, "id", "$response.body#/documents/0/id"),
            )
            .responds(
                SuccessResponse::new(207, "Some documents are neither stored nor accepted; each has its problem.")
                    .json(report, example!("ingestDocuments.partly"))
                    .header("Preference-Applied"),
            ),
        library(schemas, cursor_and_limit(list))
            .query(
                "prefix",
                json!({ "type": "string", "maxLength": DocumentId::MAX_BYTES }),
                "What the ids of the documents begin with, such as `handbook/`.",
            )
            .responds(
            SuccessResponse::ok(
                "A page of documents.",
                schemas.response::<DocumentPage>(),
                example!("listDocuments"),
            )
            .links(&ON_DOCUMENT, "id", "$response.body#/documents/0/id")
            .links(&["listDocuments"], "cursor", "$response.body#/next_cursor"),
        ),
        on_document(
            schemas,
            Method::GET,
            "getDocument",
            "Retrieve a document",
            "Returns a document with its text. The offsets of quotes refer to this text. While newer content waits, `status` \
             and `progress` are those of the newer content, and the rest is the current version. A document that was \
             accepted and has no version yet has no text.",
        )
        .responds(SuccessResponse::ok(
            "The document.",
            schemas.response::<DocumentReply>(),
            example!("getDocument"),
        )),
        on_document(
            schemas,
            Method::DELETE,
            "deleteDocument",
            "Delete a document",
            "Removes the document from the library and from search, and what was accepted and not stored yet. The copy of a web \
             page, which answers quote, is not deleted: it expires.",
        )
        .fails(&[422])
        .responds(SuccessResponse::new(204, "The document is deleted.")),
        operation(
            Method::POST,
            "/search",
            "search",
            "Search for passages",
            "Returns the passages that an answer would be based on, without writing an answer.",
        )
        .json_body(schemas.request::<SearchBody>(), example!("search.request"))
        .responds(
            SuccessResponse::ok(
                "The passages found.",
                schemas.response::<SearchReply>(),
                example!("search"),
            )
            .header("Server-Timing"),
        ),
    ]
}
