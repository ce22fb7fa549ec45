//! Invalid bodies and parameters of `POST /documents`, and the valid ids of documents.

use std::collections::BTreeSet;

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::cases::{all_rows, assert_refused, case, errors, send, url};
use crate::support::{Hub, ok, problem};

const BAD_ID: &str = "/id: must be 1 to 256 bytes, not only blanks and dots, and without control characters";
const BAD_METADATA: &str = "/metadata: must be an object of at most 2048 bytes of JSON";
const THREE_ERRORS: &str = "\
/content_type: must be `text/plain` or `text/markdown`
/url: must be an http or https address of at most 2000 characters
/title: must not be empty or blank";
const ERRORS_OF_A_BATCH: &str = "\
/library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`
/documents/0/colour: is not a known field; the fields are `id`, `title`, `url`, `text`, `data`, `content_type`, `name`, `published_at`, `metadata`
/documents/1/id: must be a string, not a whole number
/documents/2: must be an object, not a string";
const ERRORS_OF_PARAMETERS: &str = "\
?id: must be 1 to 256 bytes, not only blanks and dots, and without control characters
?url: must be an http or https address of at most 2000 characters
: must not be empty or blank
?title: must not be empty or blank
?library: must be 1 to 64 ASCII letters, digits, `.`, `_` or `-`";

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_the_wrong_shape_writes_nothing() {
    let hub = Hub::start().await;
    let before = all_rows(&hub);
    let too_many = json!({ "documents": vec![json!({ "text": "words" }); 101] });
    let mixed =
        json!({ "library": "", "documents": [{ "text": "words", "colour": "red" }, { "id": 1 }, "words"] });
    let cases = vec![
        case(
            "an empty body",
            "",
            400,
            ": the body is incomplete JSON: it ends at line 1, column 0",
        ),
        case("no list", "{}", 400, "/documents: is required"),
        case(
            "no documents",
            r#"{"documents":[]}"#,
            422,
            "/documents: must have 1 to 100 documents",
        ),
        case(
            "101 documents",
            too_many,
            422,
            "/documents: must have 1 to 100 documents",
        ),
        case(
            "an object for the array",
            r#"{"documents":{}}"#,
            400,
            "/documents: must be an array, not an object",
        ),
        case("several errors", mixed, 400, ERRORS_OF_A_BATCH),
    ];
    assert_refused(&hub, "/documents", cases).await;
    let parameters = "/documents?id=%07&title=%20&url=nowhere&library=a/b";
    let raw = hub.post_raw(parameters, "text/plain", " ").await;
    assert_eq!(errors(&problem(raw, 400).await), ERRORS_OF_PARAMETERS);
    let blank = hub.post_raw("/documents", "text/plain", " ").await;
    assert_eq!(errors(&problem(blank, 422).await), ": must not be empty or blank");
    let not_text = hub.post_raw("/documents", "text/plain", vec![0xc3, 0x28]).await;
    assert_eq!(errors(&problem(not_text, 400).await), ": the body is not UTF-8");
    let seven_megabytes = json!({ "documents": [{ "text": "a".repeat(7_000_000) }] });
    problem(hub.post("/documents", &seven_megabytes).await, 413).await;
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_document_gets_its_errors_and_writes_nothing() {
    let hub = Hub::start().await;
    let before = all_rows(&hub);
    let too_long = "a".repeat(1_000_001);
    let cases = [
        (
            json!({ "text": too_long }),
            "/text: has 1000001 bytes; at most 1000000 are taken",
        ),
        (json!({ "text": " \n" }), "/text: must not be empty or blank"),
        (
            json!({ "text": "a", "metadata": { "x": "a".repeat(2_048) } }),
            BAD_METADATA,
        ),
        (json!({ "text": "a", "metadata": [1] }), BAD_METADATA),
        (json!({ "text": "a", "id": "" }), BAD_ID),
        (json!({ "text": "a", "id": " " }), BAD_ID),
        (json!({ "text": "a", "id": ".. ." }), BAD_ID),
        (json!({ "text": "a", "id": "line\nbreak" }), BAD_ID),
        (json!({ "text": "a", "id": "nothing\0" }), BAD_ID),
        (json!({ "text": "a", "id": "a".repeat(257) }), BAD_ID),
        (
            json!({ "text": "a", "title": "", "content_type": "text/html", "url": "file:///etc" }),
            THREE_ERRORS,
        ),
        (
            json!({ "text": "a", "title": "é".repeat(1_001) }),
            "/title: has 1001 characters; at most 1000 are taken",
        ),
        (
            json!({ "text": "a", "url": format!("http://a/{}", "a".repeat(1_992)) }),
            "/url: must be an http or https address of at most 2000 characters",
        ),
    ];
    for (document, expected) in cases {
        let response = hub.post("/documents", &json!({ "documents": [document] })).await;
        assert_eq!(response.status(), 207);
        let report: Value = response.json().await.unwrap();
        let report = &report["documents"][0];
        assert_eq!(
            (&report["status"], &report["version"]),
            (&json!("failed"), &json!(null))
        );
        assert_eq!(report["problem"]["status"], 422);
        assert_eq!(errors(&report["problem"]), expected);
    }
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_are_refused_for_a_batch() {
    let hub = Hub::start().await;
    let before = all_rows(&hub);
    let batch = json!({ "documents": [{ "text": "words" }] });
    for parameter in ["library", "id", "title", "url"] {
        let response = hub
            .post(&format!("/documents?{parameter}=http://a"), &batch)
            .await;
        let refused = problem(response, 400).await;
        assert_eq!(refused["errors"][0]["pointer"], format!("?{parameter}"));
    }
    assert_eq!(all_rows(&hub), before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_valid_document_id_works_on_every_route() {
    let hub = Hub::start().await;
    let longest = "é".repeat(128);
    let ids = [
        "a#b", "#", "!", "100%", "%2F", "a/b", "a b", "a+b", "?x=1&y=2", "\\\"'",
    ];
    let ids: Vec<&str> = ids.into_iter().chain(["😀 漢字", "e\u{301}", &longest]).collect();
    // The text of each document is its id, so that none can be mistaken for another.
    let documents: Vec<(&str, &str)> = ids.iter().map(|id| (*id, *id)).collect();
    hub.ingest("default", &documents).await;
    let listed = ok(hub.get("/documents?limit=100").await).await;
    let listed = listed["documents"].as_array().unwrap().iter();
    let listed: BTreeSet<&str> = listed.map(|document| document["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids.iter().copied().collect());
    for id in ids {
        let stored = ok(send(Method::GET, document(&hub, id), "").await).await;
        assert_eq!((&stored["id"], &stored["text"]), (&json!(id), &json!(id)));
        let deleted = send(Method::DELETE, document(&hub, id), "").await;
        assert_eq!(deleted.status(), 204, "{id}");
        problem(send(Method::GET, document(&hub, id), "").await, 404).await;
    }
    assert_eq!(ok(hub.get("/documents").await).await["documents"], json!([]));
    hub.cloud.stop().await;
}

/// The URL of a document, with its id escaped as a path segment.
fn document(hub: &Hub, id: &str) -> Url {
    let mut url = url(hub, "/documents");
    url.path_segments_mut().unwrap().push(id);
    url
}
