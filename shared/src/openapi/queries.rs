//! Operations of `/queries`.

use ::http::Method;
use serde_json::{Value, json};

use super::{
    operation::{Operation, SuccessResponse, example},
    parameters::cursor_and_limit,
    schemas::{Schemas, text},
};
use crate::{
    agents::verification::Verification,
    domain::{Answer, Event, Feedback, Preview, QueryId, QueryStatus, Status},
    http::{
        QueryPage, Reprocessed,
        requests::{
            ReprocessRequest,
            described::{AnnotationsBody, AskBody, FeedbackBody},
        },
    },
};

/// Operations on one query, to link to.
const ON_QUERY: [&str; 8] = [
    "getQuery",
    "getQueryStatus",
    "getQueryEvents",
    "updateQuery",
    "reprocessQuery",
    "verifyQuery",
    "giveFeedback",
    "deleteQuery",
];
/// The id of the query in the response, as a runtime expression.
const QUERY_ID: &str = "$response.body#/query_id";

/// Every operation of the group.
pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let answer_or_preview = json!({ "anyOf": [schemas.response::<Answer>(), schemas.response::<Preview>()] });
    let post = |id, path, summary, description| {
        Operation::new(Method::POST, path, id, "queries", summary, description)
    };
    let on_query = |schemas: &mut Schemas, method, path, id, summary, description| {
        let query_id = schemas.request::<QueryId>();
        Operation::new(method, path, id, "queries", summary, description)
            .path_part("id", query_id, "The `query_id` of the query.")
            .fails(&[404])
    };
    let if_match = || {
        (
            json!({ "type": "string" }),
            "Perform the request only if the `ETag` of the answer is listed.",
        )
    };
    let list = Operation::new(
        Method::GET,
        "/queries",
        "listQueries",
        "queries",
        "List queries",
        "Returns summaries of your queries, newest first.",
    );
    vec![
        post(
            "ask",
            "/queries",
            "Ask a question",
            "Returns an answer whose sentences are claims, each with a verbatim quote of a source. `certainty` says \
             whether it answers the question or is only the closest passage. If the library has neither, `abstained` has the \
             reason and `sources` has the closest passages.",
        )
        .header("Prefer", prefer(), PREFER)
        .fails(&[402])
        .json_body(schemas.request::<AskBody>(), example!("ask.request"))
        .responds(
            SuccessResponse::ok("The answer, or its preview with `dry_run`.", answer_or_preview.clone(), example!("ask"))
                .header("Server-Timing")
                .links(&ON_QUERY, "id", QUERY_ID),
        )
        .responds(accepted(schemas)),
        post(
            "askComprehensively",
            "/queries/comprehensive",
            "Ask a question for a comprehensive answer",
            "Returns an answer with `alternatives`, other answers that the sources support, and `quality`, computed by rules. \
             If a model is configured, it judges the claims that the rules cannot verify.",
        )
        .header("Prefer", prefer(), PREFER)
        .fails(&[402])
        .json_body(schemas.request::<AskBody>(), example!("ask.request"))
        .responds(
            SuccessResponse::ok(
                "The answer, or its preview with `dry_run`.",
                answer_or_preview,
                example!("askComprehensively"),
            )
            .header("Server-Timing")
            .links(&ON_QUERY, "id", QUERY_ID),
        )
        .responds(accepted(schemas)),
        post(
            "askAsStream",
            "/queries/stream",
            "Ask a question and stream the answer",
            "Streams the answer as server-sent events: each sentence is sent once it is verified. The last event is `completed`, \
             `incomplete` or `failed`. If the connection drops, resume with `getQueryEvents`.",
        )
        .json_body(schemas.request::<AskBody>(), example!("ask.request"))
        .responds(
            SuccessResponse::ok("The event stream, or the preview with `dry_run`.", schemas.response::<Preview>(), example!("askAsStream"))
                .content("text/event-stream", events(schemas))
                .header("Cache-Control"),
        ),
        cursor_and_limit(list)
            .query("status", schemas.request::<Status>(), "Only queries with this status.")
            .query("from", text("date-time"), "Only queries created at this time or later.")
            .query("to", text("date-time"), "Only queries created at this time or earlier.")
            .responds(
                SuccessResponse::ok("A page of queries.", schemas.response::<QueryPage>(), example!("listQueries"))
                    .links(&ON_QUERY, "id", "$response.body#/queries/0/query_id")
                    .links(&["listQueries"], "cursor", "$response.body#/next_cursor"),
            ),
        on_query(
            schemas,
            Method::GET,
            "/queries/{id}",
            "getQuery",
            "Retrieve an answer",
            "Returns the stored answer. A reprocessed query also has earlier versions.",
        )
        .query(
            "version",
            json!({ "type": "integer", "minimum": 1, "maximum": u64::MAX }),
            "The version to retrieve; the current one when omitted. The last 20 versions are kept.",
        )
        .responds(
            SuccessResponse::ok("The answer.", schemas.response::<Answer>(), example!("ask")).header("ETag"),
        ),
        on_query(
            schemas,
            Method::PUT,
            "/queries/{id}",
            "updateQuery",
            "Update annotations",
            "Replaces the tags, notes and metadata of an answer.",
        )
        .header("If-Match", if_match().0, if_match().1)
        .json_body(schemas.request::<AnnotationsBody>(), example!("updateQuery.request"))
        .fails(&[409, 412])
        .responds(
            SuccessResponse::ok("The answer with its annotations.", schemas.response::<Answer>(), example!("updateQuery")).header("ETag"),
        ),
        on_query(
            schemas,
            Method::DELETE,
            "/queries/{id}",
            "deleteQuery",
            "Delete a query",
            "Deletes the query, its answers and all data derived from them. A running query cannot be deleted.",
        )
        .fails(&[409])
        .responds(SuccessResponse::new(204, "The query is deleted.")),
        on_query(
            schemas,
            Method::GET,
            "/queries/{id}/status",
            "getQueryStatus",
            "Retrieve the status of a query",
            "Use it to poll a query that was submitted with `Prefer: respond-async`.",
        )
        .responds(SuccessResponse::ok("The status of the query.", schemas.response::<QueryStatus>(), example!("getQueryStatus"))),
        on_query(
            schemas,
            Method::GET,
            "/queries/{id}/events",
            "getQueryEvents",
            "Resume an event stream",
            "Streams the events of a query after `Last-Event-ID`, then its new events while it runs. Events are kept for one hour.",
        )
        .header(
            "Last-Event-ID",
            json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX - 1 }),
            "The id of the last event that you received.",
        )
        .fails(&[400])
        .responds(
            SuccessResponse::new(200, "The event stream.")
                .content("text/event-stream", events(schemas))
                .header("Cache-Control"),
        ),
        on_query(
            schemas,
            Method::PATCH,
            "/queries/{id}/reprocess",
            "reprocessQuery",
            "Reprocess a query",
            "Answers the query again and returns the differences. The previous answer is kept as an earlier version.",
        )
        .optional_json_body(schemas.request::<ReprocessRequest>())
        .fails(&[402, 409])
        .responds(
            SuccessResponse::ok("The new answer and the differences.", schemas.response::<Reprocessed>(), example!("reprocessQuery"))
                .header("Server-Timing"),
        ),
        on_query(
            schemas,
            Method::POST,
            "/queries/{id}/cancel",
            "cancelQuery",
            "Cancel a query",
            "Stops the model that answers a running query. It takes about a second, and the query keeps the sentences that \
             are verified by then. A query that has ended is not changed. Disconnecting from a stream does not cancel its query.",
        )
        .body(false, json!({ "application/json": { "schema": empty_object(), "example": {} } }))
        .responds(SuccessResponse::ok(
            "The query has ended: it was pending and is cancelled, or it had ended before.",
            schemas.response::<QueryStatus>(),
            example!("cancelQuery"),
        ))
        .responds(
            SuccessResponse::new(202, "The query is running and will be cancelled.")
                .json(schemas.response::<QueryStatus>(), example!("cancelQuery.running")),
        ),
        on_query(
            schemas,
            Method::POST,
            "/queries/{id}/verify",
            "verifyQuery",
            "Verify an answer",
            "Checks whether the current documents still contain the quotes that the answer cites.",
        )
        .body(false, json!({ "application/json": { "schema": empty_object(), "example": {} } }))
        .responds(SuccessResponse::ok(
            "The state of each citation.",
            schemas.response::<Verification>(),
            example!("verifyQuery"),
        )),
        on_query(
            schemas,
            Method::POST,
            "/queries/{id}/feedback",
            "giveFeedback",
            "Give feedback",
            "Rates an answer. Replaces your earlier feedback on it.",
        )
        .json_body(schemas.request::<FeedbackBody>(), example!("giveFeedback.request"))
        .responds(SuccessResponse::ok("The stored feedback.", schemas.response::<Feedback>(), example!("giveFeedback"))),
    ]
}

const PREFER: &str = "`respond-async` accepts the query and answers it asynchronously (RFC 7240).";

fn prefer() -> Value {
    json!({ "type": "string" })
}

fn accepted(schemas: &mut Schemas) -> SuccessResponse {
    SuccessResponse::new(
        202,
        "The query is accepted and will be answered asynchronously (`Prefer: respond-async`).",
    )
    .json(schemas.response::<QueryStatus>(), example!("ask.accepted"))
    .header("Location")
    .header("Preference-Applied")
    .links(&ON_QUERY, "id", QUERY_ID)
}

/// The schema of one server-sent event; OpenAPI 3.1 cannot describe a sequence of them.
fn events(schemas: &mut Schemas) -> Value {
    schemas.response::<Event>();
    json!({
        "type": "object",
        "description": "One server-sent event. `event` and `data` together are an `Event`.",
        "properties": {
            "id": { "type": "string", "pattern": "^[1-9][0-9]*$", "description": "The number of the event, from 1." },
            "event": { "type": "string", "description": "The type of the event." },
            "data": { "type": "string", "contentMediaType": "application/json", "description": "The data of the event as JSON on one line." },
        },
        "required": ["id", "event", "data"],
    })
}

/// The schema of an object without fields.
fn empty_object() -> Value {
    json!({ "type": "object", "additionalProperties": false })
}
