//! Invalid bodies of `POST /agents/{agent}`.

use serde_json::json;

use super::cases::{Case, all_rows, assert_refused, case};
use crate::support::Hub;

const NUMBER_OF_TEXTS: &str = "must have 1 to 40 texts";

/// Invalid lists of texts in a field, with the errors that are expected of their number and of their texts.
fn bad_texts(field: &'static str, expected: [&'static str; 2]) -> Vec<Case> {
    let other = if field == "sources" {
        ("text", "a")
    } else {
        ("query", "a")
    };
    let body = |texts: serde_json::Value| json!({ other.0: other.1, field: texts });
    let many = vec![json!({ "text": "a" }); 41];
    vec![
        case("no texts", body(json!([])), 422, expected[0]),
        case("41 texts", body(json!(many)), 422, expected[0]),
        case(
            "errors of several texts",
            body(json!([
                { "text": " " }, { "text": "a", "title": "" }, { "text": 1 }, { "title": "a" }, { "text": "a", "x": 1 },
                { "text": "漢".repeat(20_001) },
            ])),
            400,
            expected[1],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_agent_request_gets_every_error_and_writes_nothing() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("guide", "The heron stands in the water.")])
        .await;
    let before = all_rows(&hub);
    let long = |length: usize| "漢".repeat(length);
    let retrieval = vec![
        case("no query", "{}", 400, "/query: is required"),
        case(
            "several errors",
            r#"{"query":"","top_k":99}"#,
            422,
            "/query: must not be empty or blank\n/top_k: must be 1 to 50",
        ),
    ];
    assert_refused(&hub, "/agents/retrieval", retrieval).await;
    let entities = vec![
        case(
            "an empty body",
            "",
            400,
            ": the body is incomplete JSON: it ends at line 1, column 0",
        ),
        case(
            "blank",
            r#"{"text":" "}"#,
            422,
            "/text: must not be empty or blank",
        ),
        case(
            "too long",
            json!({ "text": long(10_001) }),
            422,
            "/text: has 10001 characters; at most 10000 are taken",
        ),
        case(
            "an unknown field",
            r#"{"text":"a","query":"a"}"#,
            400,
            "/query: is not a known field; the fields are `text`",
        ),
    ];
    assert_refused(&hub, "/agents/entities", entities).await;
    let fact_check = vec![
        case(
            "no evidence",
            r#"{"claim":"a","evidence":[]}"#,
            422,
            "/evidence: must have 1 to 40 texts",
        ),
        case(
            "too much evidence",
            json!({ "claim": "a", "evidence": vec!["a"; 41] }),
            422,
            "/evidence: must have 1 to 40 texts",
        ),
        case(
            "several errors",
            json!({ "claim": long(2_001), "evidence": ["a", "", long(20_001)], "library": "a/b", "top_k": 0 }),
            422,
            FACT_CHECK,
        ),
        case(
            "a number and an unknown field",
            r#"{"claim":1,"claims":[]}"#,
            400,
            "/claim: must be a string, not a whole number\n\
             /claims: is not a known field; the fields are `claim`, `evidence`, `library`, `top_k`",
        ),
    ];
    assert_refused(&hub, "/agents/fact-check", fact_check).await;
    let synthesis = vec![
        case(
            "an unknown model",
            r#"{"query":"a","model":"gpt-9"}"#,
            422,
            "/model: is not a configured model; `auto` and `extractive` are always available",
        ),
        case(
            "no model and no quotations",
            r#"{"query":"a","model":"extractive","options":{"extractive":false}}"#,
            422,
            "/options/extractive: cannot be false when `model` is `extractive`",
        ),
        case(
            "several errors",
            r#"{"query":" ","max_tokens":0,"stream":true}"#,
            400,
            SYNTHESIS,
        ),
    ];
    assert_refused(&hub, "/agents/synthesis", synthesis).await;
    assert_refused(
        &hub,
        "/agents/synthesis",
        bad_texts("passages", ["/passages: must have 1 to 40 texts", PASSAGES]),
    )
    .await;
    let citation = vec![
        case(
            "no fields",
            "{}",
            400,
            "/text: is required\n/sources: is required",
        ),
        case(
            "too long",
            json!({ "text": long(20_001), "sources": [{ "text": "a" }] }),
            422,
            "/text: has 20001 characters; at most 20000 are taken",
        ),
    ];
    assert_refused(&hub, "/agents/citation", citation).await;
    let sources = PASSAGES.replace("/passages/", "/sources/").leak();
    let number = format!("/sources: {NUMBER_OF_TEXTS}").leak();
    assert_refused(&hub, "/agents/citation", bad_texts("sources", [number, sources])).await;
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

const FACT_CHECK: &str = "\
/claim: has 2001 characters; at most 2000 are taken
/evidence/1: must not be empty or blank
/evidence/2: has 20001 characters; at most 20000 are taken
/library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`
/top_k: must be 1 to 50";
const SYNTHESIS: &str = "\
/query: must not be empty or blank
/max_tokens: must be 1 to 4294967295
/stream: is not a known field; the fields are `query`, `passages`, `library`, `model`, `max_tokens`, `options`";
const PASSAGES: &str = "\
/passages/0/text: must not be empty or blank
/passages/1/title: must not be empty or blank
/passages/2/text: must be a string, not a whole number
/passages/3/text: is required
/passages/4/x: is not a known field; the fields are `text`, `title`
/passages/5/text: has 20001 characters; at most 20000 are taken";
