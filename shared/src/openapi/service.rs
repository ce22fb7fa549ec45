//! `/usage`, `/health` and the description itself; and parameters that several groups have.

use ::http::Method;
use serde_json::{Value, json};

use super::{
    operation::{Operation, Reply, example},
    schemas::{Schemas, text},
};
use crate::{
    domain::{LibraryId, UsageReport},
    health::Health,
    http::requests::{
        DEFAULT_LIMIT, MAX_LIMIT,
        described::{DEFAULT_DAYS, MAX_DAYS},
    },
};

pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let get = |path, id, summary, description| {
        Operation::new(Method::GET, path, id, "service", summary, description)
    };
    let health = schemas.written::<Health>();
    let days = format!("At most {MAX_DAYS} days before `to`; {DEFAULT_DAYS} days when left out.");
    vec![
        get(
            "/usage",
            "getUsage",
            "Adds up what your answers cost",
            "Day by day, from midnight to midnight UTC.",
        )
        .query("from", text("date"), &format!("The first day. {days}"))
        .query("to", text("date"), "The last day; today when left out.")
        .answers(Reply::ok(
            "The days with answers.",
            schemas.written::<UsageReport>(),
            example!("getUsage"),
        )),
        get(
            "/health",
            "getHealth",
            "Asks every dependency how it is",
            "All at once, each with its own time.",
        )
        .open()
        .answers(Reply::ok("All answer.", health.clone(), example!("getHealth")))
        .answers(
            Reply::new(503, "One does not answer.")
                .json(health.clone(), example!("getHealth.down"))
                .content(
                    "application/problem+json",
                    json!({ "$ref": "#/components/schemas/Problem" }),
                ),
        ),
        get(
            "/health/live",
            "getLiveness",
            "Says that it runs",
            "Asks nothing else.",
        )
        .open()
        .answers(Reply::ok("It runs.", health, example!("getLiveness"))),
        page(
            get(
                "/openapi.json",
                "getOpenApi",
                "This document",
                "The API as OpenAPI 3.1.",
            ),
            "application/json",
            json!({ "type": "object" }),
        ),
        page(
            get("/docs", "getReference", "This document as a page", "To be read."),
            "text/html",
            json!({ "type": "string" }),
        ),
    ]
}

/// What is the same until the next deployment.
fn page(operation: Operation, media_type: &str, schema: Value) -> Operation {
    operation
        .open()
        .header(
            "If-None-Match",
            json!({ "type": "string" }),
            "What you have; if it is still the same, it is not sent again.",
        )
        .answers(
            Reply::new(200, "The document.")
                .content(media_type, schema)
                .header("ETag")
                .header("Cache-Control"),
        )
        .answers(
            Reply::new(304, "It is as it was.")
                .header("ETag")
                .header("Cache-Control"),
        )
}

/// The parameters of every list.
pub(super) fn cursor_and_limit(operation: Operation) -> Operation {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT });
    operation.query("limit", limit, "How many, at most.").query(
        "cursor",
        json!({ "type": "string" }),
        "The `next_cursor` of the page before, with the same parameters.",
    )
}

/// The parameter that names a library.
pub(super) fn library(schemas: &mut Schemas, operation: Operation) -> Operation {
    let mut schema = schemas.read::<LibraryId>();
    schema["default"] = LibraryId::default().as_str().into();
    operation.query("library", schema, "The set of documents.")
}
