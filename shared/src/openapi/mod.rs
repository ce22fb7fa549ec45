//! The API as an [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document and as a page to read. The schemas
//! are made from the types that are read and written, the bounds are the constants that the parsers use; a file for each
//! group of routes says the rest. The integration tests hold every request and response of theirs against it.

mod agents;
mod documents;
mod operation;
mod problems;
mod queries;
mod reference;
mod scalars;
mod schemas;
mod service;

use ::http::HeaderValue;
use serde_json::{Map, Value, json};

use operation::Operation;
use schemas::Schemas;

use crate::http::StaticPage;

/// The document, to be served.
pub fn page() -> StaticPage {
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    StaticPage::new("application/json", policy, document().to_string())
}

/// The document as a page to read, to be served.
pub fn reference() -> StaticPage {
    let nothing = HeaderValue::from_static("default-src 'none'");
    let policy = HeaderValue::try_from(reference::policy()).unwrap_or(nothing);
    StaticPage::new("text/html; charset=utf-8", policy, reference::page(&document()))
}

/// The whole document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let paths = paths(&mut schemas);
    let responses = problems::responses(&mut schemas);
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Attest",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Answers questions from your own documents, and proves every sentence.",
            "description": include_str!("introduction.md"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": ".", "description": "Where this document is." }],
        "security": [{ "aws_signature": [] }],
        "tags": [
            { "name": "queries", "description": "Questions and their answers." },
            { "name": "documents", "description": "What answers are made from." },
            { "name": "agents", "description": "Single steps of an answer, run alone." },
            { "name": "service", "description": "The service itself." },
        ],
        "paths": paths,
        "components": {
            "securitySchemes": { "aws_signature": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": "AWS Signature Version 4, service `execute-api`. The local cloud asks for none.",
                "x-amazon-apigateway-authtype": "awsSigv4",
            } },
            "headers": headers(),
            "responses": responses,
            "schemas": schemas.named(),
        },
    })
}

/// Every operation, under its path and method.
fn paths(schemas: &mut Schemas) -> Map<String, Value> {
    let groups: [fn(&mut Schemas) -> Vec<Operation>; 4] = [
        queries::operations,
        documents::operations,
        agents::operations,
        service::operations,
    ];
    let mut paths = Map::new();
    for operation in groups.into_iter().flat_map(|group| group(schemas)) {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        let method = operation.method.clone();
        path[method] = operation.value();
    }
    paths
}

/// The headers that responses name.
fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    let seconds = json!({ "type": "integer", "minimum": 0 });
    let truth = json!({ "type": "string", "const": "true" });
    json!({
        "X-Request-Id": header("The id of this request, to name when asking for help.", text()),
        "ETag": header("What is shown, in this state; for `If-Match` and `If-None-Match`.", text()),
        "Cache-Control": header("How long it may be kept.", text()),
        "Location": header("Where the answer will be.", text()),
        "Preference-Applied": header("The preference that was followed (RFC 7240).", text()),
        "Retry-After": header("Seconds after which it is worth trying again.", seconds),
        "Server-Timing": header("How long each stage took, in milliseconds.", text()),
        "Idempotency-Replayed": header("The response is that of an earlier request with this key.", truth),
    })
}

#[cfg(test)]
mod tests;
