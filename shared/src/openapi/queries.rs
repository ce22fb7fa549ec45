//! `/queries`: questions, their answers, and what is done with them.

use ::http::Method;
use serde_json::{Value, json};

use super::{
    operation::{Operation, Reply, example},
    schemas::{Schemas, text},
    service::cursor_and_limit,
};
use crate::{
    agents::verification::Verification,
    domain::{Answer, Event, Feedback, Preview, QueryId, QueryStatus, Status},
    http::{
        QueryPage, Reprocessed,
        requests::{
            Again,
            described::{AnnotationsBody, AskBody, FeedbackBody},
        },
    },
};

/// What can be asked about one question.
const ABOUT_ONE: [&str; 8] = [
    "getQuery",
    "getQueryStatus",
    "getQueryEvents",
    "updateQuery",
    "reprocessQuery",
    "verifyQuery",
    "giveFeedback",
    "deleteQuery",
];
const FROM_ANSWER: &str = "$response.body#/query_id";

pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let answered = json!({ "anyOf": [schemas.written::<Answer>(), schemas.written::<Preview>()] });
    let asks = |id, path, summary, description| {
        Operation::new(Method::POST, path, id, "queries", summary, description)
    };
    let about = |schemas: &mut Schemas, method, path, id, summary, description| {
        let query_id = schemas.read::<QueryId>();
        Operation::new(method, path, id, "queries", summary, description)
            .path_part("id", query_id, "The `query_id` of an answer.")
            .fails(&[404])
    };
    let if_match = || (json!({ "type": "string" }), "Only if its `ETag` is one of these.");
    let list = Operation::new(
        Method::GET,
        "/queries",
        "listQueries",
        "queries",
        "Lists your questions",
        "The newest first, in short form.",
    );
    vec![
        asks(
            "ask",
            "/queries",
            "Answers a question",
            "Each sentence of the answer is a claim with verbatim words of a source. When the library does not answer, \
             `abstained` says why and `sources` are the closest passages.",
        )
        .header("Prefer", prefer(), PREFER)
        .fails(&[402])
        .takes(schemas.read::<AskBody>(), example!("ask.request"))
        .answers(
            Reply::ok("The answer, or with `dry_run` what would be done for it.", answered.clone(), example!("ask"))
                .header("Server-Timing")
                .leads_to(&ABOUT_ONE, "id", FROM_ANSWER),
        )
        .answers(accepted(schemas)),
        asks(
            "askComprehensively",
            "/queries/comprehensive",
            "Answers a question from all sides",
            "A model judges what the rules find no proof for, if there is one; `alternatives` are what else the sources \
             allow, and `quality` is told by rules.",
        )
        .header("Prefer", prefer(), PREFER)
        .fails(&[402])
        .takes(schemas.read::<AskBody>(), example!("ask.request"))
        .answers(
            Reply::ok(
                "The answer, or with `dry_run` what would be done for it.",
                answered,
                example!("askComprehensively"),
            )
            .header("Server-Timing")
            .leads_to(&ABOUT_ONE, "id", FROM_ANSWER),
        )
        .answers(accepted(schemas)),
        asks(
            "askAsStream",
            "/queries/stream",
            "Answers a question as server-sent events",
            "Each sentence is told as soon as it is proved. The last event is `completed`, `incomplete` or `failed`.",
        )
        .takes(schemas.read::<AskBody>(), example!("ask.request"))
        .answers(
            Reply::ok("With `dry_run`.", schemas.written::<Preview>(), example!("askAsStream"))
                .content("text/event-stream", events(schemas))
                .header("Cache-Control"),
        ),
        cursor_and_limit(list)
            .query("status", schemas.read::<Status>(), "Only those that got as far as this.")
            .query("from", text("date-time"), "Only those asked then or later.")
            .query("to", text("date-time"), "Only those asked then or earlier.")
            .answers(
                Reply::ok("One page.", schemas.written::<QueryPage>(), example!("listQueries"))
                    .leads_to(&ABOUT_ONE, "id", "$response.body#/queries/0/query_id")
                    .leads_to(&["listQueries"], "cursor", "$response.body#/next_cursor"),
            ),
        about(
            schemas,
            Method::GET,
            "/queries/{id}",
            "getQuery",
            "Reads an answer",
            "As it was given. An answer that was given again has earlier versions.",
        )
        .query(
            "version",
            json!({ "type": "integer", "minimum": 1, "maximum": u64::MAX }),
            "An earlier version of the answer; the last 20 are kept.",
        )
        .answers(
            Reply::ok("The answer.", schemas.written::<Answer>(), example!("ask")).header("ETag"),
        ),
        about(
            schemas,
            Method::PUT,
            "/queries/{id}",
            "updateQuery",
            "Keeps notes with an answer",
            "Takes the place of all tags, notes and metadata that were kept with it before.",
        )
        .header("If-Match", if_match().0, if_match().1)
        .takes(schemas.read::<AnnotationsBody>(), example!("updateQuery.request"))
        .fails(&[409, 412])
        .answers(
            Reply::ok("The answer with them.", schemas.written::<Answer>(), example!("updateQuery")).header("ETag"),
        ),
        about(
            schemas,
            Method::DELETE,
            "/queries/{id}",
            "deleteQuery",
            "Deletes a question",
            "With its answer and all that came of it. Not while it is being answered.",
        )
        .fails(&[409])
        .answers(Reply::new(204, "It is gone.")),
        about(
            schemas,
            Method::GET,
            "/queries/{id}/status",
            "getQueryStatus",
            "Says how far a question is",
            "For those who do not wait for the answer.",
        )
        .answers(Reply::ok("How far it is.", schemas.written::<QueryStatus>(), example!("getQueryStatus"))),
        about(
            schemas,
            Method::GET,
            "/queries/{id}/events",
            "getQueryEvents",
            "Resumes the stream of a question",
            "For an hour; a question that is still running is followed. Ends as its stream does.",
        )
        .header(
            "Last-Event-ID",
            json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX - 1 }),
            "The last event that you have.",
        )
        .fails(&[400])
        .answers(
            Reply::new(200, "The events after it.")
                .content("text/event-stream", events(schemas))
                .header("Cache-Control"),
        ),
        about(
            schemas,
            Method::PATCH,
            "/queries/{id}/reprocess",
            "reprocessQuery",
            "Asks a question again",
            "Says what is different, and keeps the answer before as an earlier version.",
        )
        .may_take(schemas.read::<Again>())
        .fails(&[402, 409])
        .answers(
            Reply::ok("The answer now.", schemas.written::<Reprocessed>(), example!("reprocessQuery"))
                .header("Server-Timing"),
        ),
        about(
            schemas,
            Method::POST,
            "/queries/{id}/verify",
            "verifyQuery",
            "Checks an answer against the documents of today",
            "Whether they still say what the answer cites.",
        )
        .body(false, json!({ "application/json": { "schema": nothing(), "example": {} } }))
        .answers(Reply::ok(
            "What has become of its citations.",
            schemas.written::<Verification>(),
            example!("verifyQuery"),
        )),
        about(
            schemas,
            Method::POST,
            "/queries/{id}/feedback",
            "giveFeedback",
            "Says how useful an answer was",
            "Takes the place of what you said before.",
        )
        .takes(schemas.read::<FeedbackBody>(), example!("giveFeedback.request"))
        .answers(Reply::ok("What is kept.", schemas.written::<Feedback>(), example!("giveFeedback"))),
    ]
}

const PREFER: &str = "`respond-async`: accept the question, and answer it later (RFC 7240).";

fn prefer() -> Value {
    json!({ "type": "string" })
}

fn accepted(schemas: &mut Schemas) -> Reply {
    Reply::new(202, "With `Prefer: respond-async`: it will be answered.")
        .json(schemas.written::<QueryStatus>(), example!("ask.accepted"))
        .header("Location")
        .header("Preference-Applied")
        .leads_to(&ABOUT_ONE, "id", FROM_ANSWER)
}

/// Server-sent events, each as this; OpenAPI 3.1 has no word yet for many of them in a row.
fn events(schemas: &mut Schemas) -> Value {
    schemas.written::<Event>();
    json!({
        "type": "object",
        "description": "One event. Its name and what its data say are an `Event`.",
        "properties": {
            "id": { "type": "string", "pattern": "^[1-9][0-9]*$", "description": "Counted from 1." },
            "event": { "type": "string", "description": "The name." },
            "data": { "type": "string", "contentMediaType": "application/json", "description": "JSON on one line." },
        },
        "required": ["id", "event", "data"],
    })
}

/// An object without fields.
fn nothing() -> Value {
    json!({ "type": "object", "additionalProperties": false })
}
