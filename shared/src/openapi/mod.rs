//! The API as an [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document and as an HTML reference.
//!
//! Schemas are generated from the request and response types, with the bounds that the parsers use; one file for each
//! group of routes describes its operations. The integration tests validate every request and response against it.

mod agents;
mod documents;
mod libraries;
mod operation;
mod parameters;
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

/// The OpenAPI document as a static page.
pub fn page() -> StaticPage {
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    StaticPage::new("application/json", policy, document().to_string())
}

/// The HTML reference as a static page.
pub fn reference() -> StaticPage {
    let nothing = HeaderValue::from_static("default-src 'none'");
    let policy = HeaderValue::try_from(reference::policy()).unwrap_or(nothing);
    StaticPage::new("text/html; charset=utf-8", policy, reference::page(&document()))
}

/// The OpenAPI document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let paths = paths(&mut schemas);
    let responses = problems::responses(&mut schemas);
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Attest",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Answers questions from your own documents and cites a source for every sentence.",
            "description": include_str!("introduction.md"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": ".", "description": "The location of this document." }],
        "security": [{ "aws_signature": [] }],
        "tags": [
            { "name": "queries", "description": "Questions and their answers." },
            { "name": "documents", "description": "The documents that answers are based on." },
            { "name": "agents", "description": "The steps of an answer, run individually." },
            { "name": "service", "description": "Usage, health and this reference." },
        ],
        "paths": paths,
        "components": {
            "securitySchemes": { "aws_signature": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": "AWS Signature Version 4, service `execute-api`. The local cloud does not require it.",
                "x-amazon-apigateway-authtype": "awsSigv4",
            } },
            "headers": headers(),
            "responses": responses,
            "schemas": schemas.named(),
        },
    })
}

/// Every operation by path and method.
fn paths(schemas: &mut Schemas) -> Map<String, Value> {
    let groups: [fn(&mut Schemas) -> Vec<Operation>; 5] = [
        queries::operations,
        documents::operations,
        libraries::operations,
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

/// The response headers.
fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    let seconds = json!({ "type": "integer", "minimum": 0 });
    let replayed = json!({ "type": "string", "const": "true" });
    json!({
        "X-Request-Id": header("The id of the request, to include in support requests.", text()),
        "ETag": header("The revision of the resource, for `If-Match` and `If-None-Match`.", text()),
        "Cache-Control": header("How long the response may be cached.", text()),
        "Location": header("The path to poll for the answer.", text()),
        "Preference-Applied": header("The preference that was applied (RFC 7240).", text()),
        "Retry-After": header("Seconds to wait before retrying.", seconds),
        "Server-Timing": header("The duration of each stage, in milliseconds.", text()),
        "Idempotency-Replayed": header("The response is the stored response of an earlier request with this key.", replayed),
    })
}

#[cfg(test)]
mod tests;
