//! Invalid bodies and content types of `POST /queries` and `POST /search`.

use reqwest::Method;
use serde_json::json;

use super::cases::{Case, all_rows, assert_refused, case, send, url};
use crate::support::{Hub, ok, problem};

/// Bodies that are invalid for a question and for a search.
fn bad_for_both() -> Vec<Case> {
    let too_long = json!({ "query": "漢".repeat(10_001) });
    let brackets = "[".repeat(100_000);
    let broken = br#"{"query":"#.iter().chain(b"\"\xff\"}").copied().collect();
    vec![
        case(
            "an empty body",
            "",
            400,
            ": the body is incomplete JSON: it ends at line 1, column 0",
        ),
        case(
            "blanks",
            "\n ",
            400,
            ": the body is incomplete JSON: it ends at line 2, column 1",
        ),
        case(
            "a truncated object",
            r#"{"query":"wh"#,
            400,
            ": the body is incomplete JSON: it ends at line 1, column 12",
        ),
        case(
            "a form",
            "query=why",
            400,
            ": the body is not valid JSON: error at line 1, column 1",
        ),
        case(
            "100,000 brackets",
            brackets,
            400,
            ": the body is not valid JSON: error at line 1, column 128",
        ),
        case(
            "1e999",
            r#"{"top_k":1e999}"#,
            400,
            ": the body is not valid JSON: error at line 1, column 14",
        ),
        case(
            "a key twice",
            r#"{"a":1,"a":1}"#,
            400,
            ": the body repeats a key in an object: at line 1, column 10",
        ),
        ("bytes that are not UTF-8", broken, 400, ": the body is not UTF-8"),
        case("an array", "[]", 400, ": must be an object, not an array"),
        case("null", "null", 400, ": must be an object, not null"),
        case("no fields", "{}", 400, "/query: is required"),
        case(
            "a number",
            r#"{"query":7}"#,
            400,
            "/query: must be a string, not a whole number",
        ),
        case(
            "null for text",
            r#"{"query":null}"#,
            400,
            "/query: must be a string, not null",
        ),
        case(
            "empty",
            r#"{"query":""}"#,
            422,
            "/query: must not be empty or blank",
        ),
        case(
            "blank",
            r#"{"query":" \t\u3000\n"}"#,
            422,
            "/query: must not be empty or blank",
        ),
        case(
            "too long",
            too_long,
            422,
            "/query: has 10001 characters; at most 10000 are taken",
        ),
        case(
            "no lane",
            r#"{"query":"a","lanes":[]}"#,
            422,
            "/lanes: must name at least one lane",
        ),
        case(
            "unknown lanes",
            r#"{"query":"a","lanes":["sparse","keyword",""]}"#,
            422,
            UNKNOWN_LANES,
        ),
        case(
            "a numbered lane",
            r#"{"query":"a","lanes":["web",1]}"#,
            400,
            "/lanes/1: must be a string, not a whole number",
        ),
        case(
            "no results",
            r#"{"query":"a","top_k":0}"#,
            422,
            "/top_k: must be 1 to 50",
        ),
        case(
            "too many results",
            r#"{"query":"a","top_k":51}"#,
            422,
            "/top_k: must be 1 to 50",
        ),
        case(
            "a negative number",
            r#"{"query":"a","top_k":-1}"#,
            400,
            "/top_k: must be a whole number, not a negative number",
        ),
        case("half a result", r#"{"query":"a","top_k":0.5}"#, 400, FRACTION),
        case(
            "2^64 results",
            r#"{"query":"a","top_k":18446744073709551616}"#,
            400,
            FRACTION,
        ),
        case(
            "ten results",
            r#"{"query":"a","top_k":"ten"}"#,
            400,
            "/top_k: must be a whole number, not a string",
        ),
        case(
            "a strange library",
            r#"{"query":"a","library":"a/b"}"#,
            422,
            STRANGE_LIBRARY,
        ),
        case(
            "many errors",
            r#"{"query":" ","top_k":0,"lanes":["x"],"library":1}"#,
            400,
            MANY_ERRORS,
        ),
    ]
}

const FRACTION: &str = "/top_k: must be a whole number, not a fraction or one too large";
const STRANGE_LIBRARY: &str = "/library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`";
const UNKNOWN_LANES: &str = "\
/lanes/0: is not a lane; lanes are `keyword`, `dense`, `graph` and `web`
/lanes/2: is not a lane; lanes are `keyword`, `dense`, `graph` and `web`";
const MANY_ERRORS: &str = "\
/query: must not be empty or blank
/top_k: must be 1 to 50
/lanes/0: is not a lane; lanes are `keyword`, `dense`, `graph` and `web`
/library: must be a string, not a whole number";

/// Bodies that are invalid for a question.
fn bad_for_questions() -> Vec<Case> {
    vec![
        case(
            "an unknown option",
            r#"{"query":"a","a/b~c":1}"#,
            400,
            UNKNOWN_OPTION,
        ),
        case(
            "an unknown inner option",
            r#"{"query":"a","options":{"x":1}}"#,
            400,
            "/options/x: is not a known field; the fields are `extractive`, `judge`, `restart`",
        ),
        case(
            "quoting requested and refused",
            r#"{"query":"a","model":"extractive","options":{"extractive":false}}"#,
            422,
            "/options/extractive: cannot be false when `model` is `extractive`",
        ),
        case(
            "no model at all",
            r#"{"query":"a","model":" "}"#,
            422,
            "/model: must not be empty or blank",
        ),
        case(
            "a model of a very long name",
            json!({ "query": "a", "model": "é".repeat(301) }),
            422,
            "/model: has 301 characters; at most 300 are taken",
        ),
        case(
            "a threshold over 1",
            r#"{"query":"a","confidence_threshold":1.5}"#,
            422,
            "/confidence_threshold: must be from 0 to 1",
        ),
        case(
            "an unknown model",
            r#"{"query":"a","model":"gpt-9"}"#,
            422,
            UNKNOWN_MODEL,
        ),
        case(
            "no tokens",
            r#"{"query":"a","max_tokens":0}"#,
            422,
            "/max_tokens: must be 1 to 4294967295",
        ),
        case(
            "2^32 tokens",
            r#"{"query":"a","max_tokens":4294967296}"#,
            422,
            "/max_tokens: must be 1 to 4294967295",
        ),
        case(
            "a nameless session",
            r#"{"query":"a","session_id":""}"#,
            422,
            "/session_id: must have 1 to 256 characters",
        ),
        case(
            "values that are not booleans",
            r#"{"query":"a","cache":"yes","dry_run":1}"#,
            400,
            NO_BOOLEANS,
        ),
    ]
}

const UNKNOWN_OPTION: &str = "/a~1b~0c: is not a known field; the fields are `query`, `library`, `session_id`, `max_tokens`, `confidence_threshold`, \
     `cache`, `model`, `lanes`, `top_k`, `dry_run`, `options`";
const UNKNOWN_MODEL: &str = "/model: is not a configured model; `auto` and `extractive` are always available";
const NO_BOOLEANS: &str = "\
/cache: must be a boolean, not a string
/dry_run: must be a boolean, not a whole number";

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_question_or_search_gets_every_error_and_writes_nothing() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("guide", "The heron stands in the water.")])
        .await;
    let before = all_rows(&hub);
    assert_refused(&hub, "/search", bad_for_both()).await;
    assert_refused(&hub, "/queries", bad_for_both()).await;
    assert_refused(&hub, "/queries", bad_for_questions()).await;
    let only_for_questions =
        "/model: is not a known field; the fields are `query`, `library`, `top_k`, `lanes`";
    let case = case(
        "an option of questions",
        r#"{"query":"a","model":"auto"}"#,
        400,
        only_for_questions,
    );
    assert_refused(&hub, "/search", vec![case]).await;
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_of_the_maximum_length_is_accepted() {
    let hub = Hub::start().await;
    let one_word = "漢".repeat(10_000);
    let words: String = (0..2_500).map(|n| format!("w{n} ")).collect();
    let many_words: String = words.chars().take(10_000).collect();
    for question in [one_word, many_words] {
        assert_eq!(question.chars().count(), 10_000);
        assert_eq!(hub.ask("default", &question).await["query"], *question);
        assert_eq!(hub.search("default", &question).await["results"], json!([]));
    }
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_needs_a_json_content_type() {
    let hub = Hub::start().await;
    let before = all_rows(&hub);
    let body = r#"{"query":"a"}"#;
    for path in ["/search", "/queries"] {
        let mut responses = vec![send(Method::POST, url(&hub, path), body).await];
        for content_type in [
            "text/plain",
            "text/json",
            "application/jsonp",
            "multipart/form-data",
            "",
        ] {
            responses.push(hub.post_raw(path, content_type, body).await);
        }
        for response in responses {
            let refused = problem(response, 415).await;
            assert_eq!(refused["detail"], "the content type must be application/json");
        }
    }
    for (content_type, detail) in [
        ("image/png", "files of the type `image/png` are not supported"),
        ("text/json", "files of the type `text/json` are not supported"),
        (
            "",
            "the content type must be application/json, text/markdown, text/plain or that of a file",
        ),
    ] {
        let refused = problem(hub.post_raw("/documents", content_type, "words").await, 415).await;
        assert_eq!(refused["detail"], detail);
    }
    assert_eq!(all_rows(&hub), before);
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        ok(hub.post_raw("/search", content_type, body).await).await;
    }
    hub.cloud.stop().await;
}
