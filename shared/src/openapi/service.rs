//! Operations of the service: `/usage`, `/health`, `/openapi.json` and `/docs`.

use ::http::Method;
use serde_json::{Value, json};

use super::{
    operation::{Operation, SuccessResponse, example},
    schemas::{Schemas, text},
};
use crate::{
    domain::UsageReport,
    health::Health,
    http::requests::described::{DEFAULT_DAYS, MAX_DAYS},
};

/// Every operation of the group.
pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let get = |path, id, summary, description| {
        Operation::new(Method::GET, path, id, "service", summary, description)
    };
    let health = schemas.response::<Health>();
    let days = format!("The report has {DEFAULT_DAYS} days when omitted, at most {MAX_DAYS}.");
    vec![
        get(
            "/usage",
            "getUsage",
            "Retrieve usage",
            "Returns the cost of your answers for each day (UTC).",
        )
        .query("from", text("date"), &format!("The first day. {days}"))
        .query("to", text("date"), "The last day. Today when omitted.")
        .responds(SuccessResponse::ok(
            "The usage of each day with answers.",
            schemas.response::<UsageReport>(),
            example!("getUsage"),
        )),
        get(
            "/health",
            "getHealth",
            "Check the health of the service",
            "Checks every dependency concurrently and returns the status and latency of each, and what the last \
             scheduled check of dependencies and model providers found.",
        )
        .public()
        .responds(SuccessResponse::ok(
            "Every dependency is available.",
            health.clone(),
            example!("getHealth"),
        ))
        .responds(
            SuccessResponse::new(503, "A dependency is unavailable.")
                .json(health.clone(), example!("getHealth.down"))
                .content(
                    "application/problem+json",
                    json!({ "$ref": "#/components/schemas/Problem" }),
                ),
        ),
        get(
            "/health/live",
            "getLiveness",
            "Check liveness",
            "Returns 200 while the service runs. Dependencies are not checked.",
        )
        .public()
        .responds(SuccessResponse::ok(
            "The service runs.",
            health,
            example!("getLiveness"),
        )),
        static_page(
            get(
                "/openapi.json",
                "getOpenApi",
                "Retrieve the OpenAPI document",
                "Returns this API as OpenAPI 3.1.",
            ),
            "application/json",
            json!({ "type": "object" }),
        ),
        static_page(
            get(
                "/docs",
                "getReference",
                "Read the API reference",
                "Returns this API as an HTML page.",
            ),
            "text/html",
            json!({ "type": "string" }),
        ),
    ]
}

/// A public static page with caching by `ETag`.
fn static_page(operation: Operation, media_type: &str, schema: Value) -> Operation {
    operation
        .public()
        .header(
            "If-None-Match",
            json!({ "type": "string" }),
            "The `ETag` of your copy. If it is current, the response is 304 without a body.",
        )
        .responds(
            SuccessResponse::new(200, "The document.")
                .content(media_type, schema)
                .header("ETag")
                .header("Cache-Control"),
        )
        .responds(
            SuccessResponse::new(304, "Your copy is current.")
                .header("ETag")
                .header("Cache-Control"),
        )
}
