//! Accepted documents: stored by the worker after the response, despite crashes, failures and competing requests.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    index_state, rows,
    support::{Hub, ok, problem},
};

const OLD: &str = "The old heron stands in cold water.";
const NEW: &str = "A new stork stands on warm roofs.";
/// The longest that an accepted document may take, including retries of its worker.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A request to store one document.
pub(crate) fn batch(library: &str, id: &str, text: &str) -> Value {
    json!({ "library": library, "documents": [{ "id": id, "text": text }] })
}

/// Sends documents with `Prefer: respond-async`; returns their reports.
pub(crate) async fn accept(hub: &Hub, body: &Value) -> Vec<Value> {
    accepted(hub.queue_at("/documents", body, None).await).await
}

/// The reports of a request whose documents were all accepted.
async fn accepted(response: Response) -> Vec<Value> {
    assert_eq!(response.headers()["preference-applied"], "respond-async");
    assert_eq!(response.status(), 202);
    let report: Value = response.json().await.unwrap();
    let reports = report["documents"].as_array().unwrap().clone();
    for report in &reports {
        assert_eq!(
            (&report["status"], &report["version"], &report["problem"]),
            (&json!("pending"), &Value::Null, &Value::Null)
        );
    }
    reports
}

/// The path of a document.
pub(crate) fn path(library: &str, id: &str) -> String {
    let id = id
        .replace('%', "%25")
        .replace('#', "%23")
        .replace('/', "%2F")
        .replace(' ', "%20");
    format!("/documents/{id}?library={library}")
}

/// Polls a document until nothing of it waits, and returns it.
pub(crate) async fn wait_until_settled(hub: &Hub, library: &str, id: &str) -> Value {
    let began = Instant::now();
    loop {
        let document = ok(hub.get(&path(library, id)).await).await;
        if !["pending", "processing"].contains(&document["status"].as_str().unwrap()) {
            return document;
        }
        assert!(began.elapsed() < TIMEOUT, "{document}\n{}", worker_log(hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the worker has deleted every row of accepted documents.
pub(crate) async fn wait_until_empty(hub: &Hub) {
    let began = Instant::now();
    loop {
        let rows = queue_rows(hub);
        if rows.is_empty() {
            return;
        }
        assert!(began.elapsed() < TIMEOUT, "{rows:?}\n{}", worker_log(hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The log of the worker.
pub(crate) fn worker_log(hub: &Hub) -> String {
    let mut lines = hub.cloud.logs();
    lines.retain(|line| line.starts_with("index-worker"));
    lines.join("\n")
}

/// The rows of accepted documents, parts included.
pub(crate) fn queue_rows(hub: &Hub) -> Vec<Value> {
    let mut rows = rows::all(hub, "Knowledge");
    rows.retain(|row| rows::text(row, "pk").contains("#P#"));
    rows
}

/// The stream record of a row.
pub(crate) fn record(row: &Value) -> Value {
    let keys = json!({ "pk": row["pk"], "sk": row["sk"] });
    json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": keys, "NewImage": row } }] })
}

/// Checks that a library has the rows of a fresh one with the same document.
pub(crate) async fn assert_like_stored_at_once(hub: &Hub, library: &str, id: &str, text: &str) {
    let fresh = format!("fresh-{library}");
    hub.ingest(&fresh, &[(id, text)]).await;
    assert_eq!(
        index_state::of_library(hub, library).await,
        index_state::of_library(hub, &fresh).await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_document_is_stored_like_any_other() {
    let hub = Hub::start().await;
    // Percent signs and number signs separate the parts of keys.
    for id in ["lamp", "a#b", "a%23b", "notes/the lamp.md"] {
        let reports = accept(&hub, &batch("later", id, OLD)).await;
        assert_eq!(reports[0]["id"], id);
        let document = wait_until_settled(&hub, "later", id).await;
        assert_eq!(
            (&document["status"], &document["progress"], &document["problem"]),
            (&json!("ready"), &Value::Null, &Value::Null)
        );
        assert_eq!((&document["id"], &document["text"]), (&json!(id), &json!(OLD)));
    }
    assert_eq!(
        ok(hub.get("/documents?library=later").await).await["documents"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    accept(&hub, &batch("alone", "lamp", NEW)).await;
    wait_until_settled(&hub, "alone", "lamp").await;
    wait_until_empty(&hub).await;
    assert_like_stored_at_once(&hub, "alone", "lamp", NEW).await;

    // The same content again changes nothing.
    accept(&hub, &batch("alone", "lamp", NEW)).await;
    wait_until_empty(&hub).await;
    assert_eq!(ok(hub.get(&path("alone", "lamp")).await).await["version"], 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_document_is_refused_and_the_others_are_accepted() {
    let hub = Hub::start().await;
    let body = json!({ "documents": [{ "id": "lamp", "text": OLD }, { "id": "empty", "text": " " }] });
    let response = hub.queue_at("/documents", &body, None).await;
    assert_eq!(response.status(), 207);
    let report: Value = response.json().await.unwrap();
    assert_eq!(report["documents"][0]["status"], "pending");
    assert_eq!(report["documents"][1]["status"], "failed");
    assert_eq!(report["documents"][1]["problem"]["status"], 422);
    wait_until_settled(&hub, "default", "lamp").await;
    problem(hub.get(&path("default", "empty")).await, 404).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_with_the_same_key_accepts_once() {
    let hub = Hub::start().await;
    let body = batch("default", "lamp", OLD);
    let first = accepted(hub.queue_at("/documents", &body, Some("once")).await).await;
    wait_until_settled(&hub, "default", "lamp").await;
    assert_eq!(hub.delete("/documents/lamp").await.status(), 204);
    let again = hub.queue_at("/documents", &body, Some("once")).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(accepted(again).await, first);
    wait_until_empty(&hub).await;
    problem(hub.get("/documents/lamp").await, 404).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_the_largest_size_is_accepted_in_parts() {
    let hub = Hub::start().await;
    let mut text: String = (0..90_000).map(|number| format!("word{number} ")).collect();
    text.truncate(999_999);
    text.push('.');
    accept(&hub, &batch("large", "book", &text)).await;
    let document = wait_until_settled(&hub, "large", "book").await;
    assert_eq!(document["status"], "ready", "{}", document["problem"]);
    assert!(document["text"] == text, "the text is another");
    wait_until_empty(&hub).await;
    hub.cloud.stop().await;
}
