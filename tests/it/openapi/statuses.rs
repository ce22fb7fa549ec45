//! Every documented status is returned. Every test of this suite checks that no other status is.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::Method;
use serde_json::{Value, json};
use shared::testing::{DynamoDbCall, FaultProxy, ScriptedProvider, Verdict};

use super::examples;
use crate::{
    addresses::INTRANET,
    contract::{matches_template, operations},
    crawls,
    idempotency::in_progress,
    models, queue, rows,
    support::{Hub, ok},
    website::Website,
};

/// Statuses that any operation may return; the tests of the gateway and of outages cover them.
const GENERAL: [u16; 8] = [403, 413, 429, 431, 500, 502, 503, 504];
/// A query id that does not exist.
const UNKNOWN_ID: &str = "01KB4Q5V0G8V6YJ7M1S0W9T3XE";

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_status_is_returned() {
    let documented: BTreeSet<(String, u16)> = operations()
        .flat_map(|(.., operation)| {
            let name = operation["operationId"].as_str().unwrap();
            let statuses = operation["responses"].as_object().unwrap().keys();
            statuses.map(|status| (name.to_owned(), status.parse().unwrap()))
        })
        .filter(|(_, status)| !GENERAL.contains(status))
        .collect();
    let conflicting = Arc::new(AtomicBool::new(false));
    let conflicts = conflicting.clone();
    let is_write =
        |call: &DynamoDbCall| !["Query", "GetItem", "BatchGetItem"].contains(&call.operation.as_str());
    let proxy = FaultProxy::start(move |call: &DynamoDbCall| {
        match conflicts.load(Ordering::SeqCst) && is_write(call) {
            true => Verdict::Fail(400, "ConditionalCheckFailedException"),
            false => Verdict::Forward,
        }
    })
    .await
    .unwrap();
    let hub = Hub::behind_proxy_with_env(&proxy, &INTRANET).await;
    let website = examples::website().await;
    let crawl = json!({ "url": website.url("/"), "library": "statuses", "delay_ms": 60_000 });
    let crawl = hub.post("/agents/crawler", &crawl).await.json().await.unwrap();
    let question = succeed(&hub, &website, &crawl).await;
    malformed(&hub, &question).await;
    missing(&hub).await;
    repeated(&hub, &question, &website, &crawl).await;
    conflict(&hub, &question, &conflicting).await;
    let mut returned = hub.seen_statuses();
    returned.extend(without_a_budget().await);
    returned.retain(|(_, status)| !GENERAL.contains(status));
    let unseen: Vec<_> = documented.difference(&returned).collect();
    assert!(unseen.is_empty(), "documented and never returned: {unseen:?}");
    hub.cloud.stop().await;
}

/// The requests about one question.
fn about(id: &str) -> [(Method, String); 9] {
    let path = |suffix: &str| format!("/queries/{id}{suffix}");
    [
        (Method::GET, path("")),
        (Method::PUT, path("")),
        (Method::DELETE, path("")),
        (Method::GET, path("/status")),
        (Method::GET, path("/events")),
        (Method::PATCH, path("/reprocess")),
        (Method::POST, path("/verify")),
        (Method::POST, path("/feedback")),
        (Method::POST, path("/cancel")),
    ]
}

/// The path and example body of every POST; paths about a question or a crawl name these, and addresses those of the website.
fn posts(question: &str, website: &Website, crawl: &Value) -> Vec<(String, Value)> {
    let crawl = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap());
    let posts = operations().filter(|(_, method, _)| *method == "post");
    let with_body = posts.map(|(path, _, operation)| {
        let content = &operation["requestBody"]["content"]["application/json"];
        let mut body = content["example"].clone();
        if let Some(url) = body["url"].as_str() {
            body["url"] = url.replace(examples::SITE, &website.url("")).into();
        }
        let path = path.replace("/crawls/{id}", &crawl).replace("{id}", question);
        (path, body)
    });
    with_body.collect()
}

/// Calls every operation successfully; returns the id of an answered question.
async fn succeed(hub: &Hub, website: &Website, crawl: &Value) -> String {
    let responses = examples::responses(hub).await;
    let id = responses["ask"]["query_id"].as_str().unwrap().to_owned();
    let ended = responses["getCrawl"]["crawl_id"].as_str().unwrap();
    ok(hub.post(&format!("/crawls/{ended}/cancel"), &json!({})).await).await;
    crawls::wait_while(hub, crawl, "pending").await;
    for (path, body) in posts(&id, website, crawl) {
        assert!(hub.post(&path, &body).await.status().is_success(), "{path}");
    }
    for (method, path) in about(&id) {
        let example = operations()
            .find(|(template, name, _)| {
                *name == method.as_str().to_lowercase() && matches_template(&path, template)
            })
            .and_then(|(.., operation)| {
                operation["requestBody"]["content"]["application/json"].get("example")
            });
        let request = hub.request(method.clone(), &path);
        let request = match example {
            Some(body) => request.json(body),
            None => request,
        };
        if method != Method::DELETE {
            assert!(hub.send(request).await.status().is_success(), "{path}");
        }
    }
    for path in ["/queries", "/queries/comprehensive"] {
        let queued = hub
            .queue_at(path, &json!({ "query": "Who?", "cache": false }), None)
            .await;
        let location = queued.headers()["location"].to_str().unwrap().to_owned();
        queue::wait_until_ended(hub, &location).await;
        assert_eq!(hub.delete(&location).await.status(), 204);
    }
    for path in [
        "/queries",
        "/documents",
        "/documents/lamp",
        "/agents",
        "/usage",
        "/health",
        "/health/live",
    ] {
        ok(hub.get(path).await).await;
    }
    hub.ingest("default", &[("spare", "A spare document.")]).await;
    assert_eq!(hub.delete("/documents/spare").await.status(), 204);
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(hub.get(path).await.status(), 200);
        assert_eq!(hub.get_with(path, "if-none-match", "*").await.status(), 304);
    }
    id
}

/// Sends invalid bodies, content types, parameters and preconditions.
async fn malformed(hub: &Hub, question: &str) {
    let posts = operations().filter(|(_, method, _)| *method == "post");
    for (path, ..) in posts {
        let path = path.replace("{id}", question);
        hub.post_raw(&path, "application/json", "{").await;
        hub.post_raw(&path, "image/png", "a,b").await;
    }
    for (method, path) in about(question) {
        if [Method::PUT, Method::PATCH].contains(&method) {
            let request = || hub.request(method.clone(), &path);
            hub.send(request().header("content-type", "application/json").body("{"))
                .await;
            hub.send(request().header("content-type", "text/csv").body("a,b"))
                .await;
        }
    }
    for path in [
        "/queries?limit=0",
        "/documents?limit=0",
        "/libraries?limit=0",
        "/usage?from=today",
        "/documents/lamp?library=%20",
    ] {
        hub.get(path).await;
    }
    hub.get(&format!("/queries/{question}?version=0")).await;
    hub.get_with(&format!("/queries/{question}/events"), "last-event-id", "x")
        .await;
    hub.delete("/documents/lamp?library=%20").await;
    hub.delete("/documents/web-0123456789abcdef0123456789abcdef")
        .await;
    let too_long = json!({ "notes": "x".repeat(1_000_000) });
    hub.put(&format!("/queries/{question}"), &too_long, None).await;
    hub.patch(
        &format!("/queries/{question}/reprocess"),
        Some(&json!({ "model": " " })),
    )
    .await;
    hub.put(&format!("/queries/{question}"), &json!({}), Some("\"0\""))
        .await;
}

/// Asks for a query and documents that do not exist.
async fn missing(hub: &Hub) {
    for (method, path) in about(UNKNOWN_ID) {
        let request = hub.request(method, &path);
        let response = hub.send(request.json(&json!({ "rating": 1 }))).await;
        assert!([404, 400].contains(&response.status().as_u16()), "{path}");
    }
    hub.put(&format!("/queries/{UNKNOWN_ID}"), &json!({}), None).await;
    hub.patch(&format!("/queries/{UNKNOWN_ID}/reprocess"), Some(&json!({})))
        .await;
    for action in ["verify", "cancel"] {
        hub.post(&format!("/queries/{UNKNOWN_ID}/{action}"), &json!({}))
            .await;
    }
    hub.get("/documents/nobodys").await;
    hub.get("/crawls/none").await;
    hub.post("/crawls/none/cancel", &json!({})).await;
    hub.delete("/documents/nobodys").await;
    hub.delete("/libraries/nobodys").await;
}

/// Reuses idempotency keys: with another request, and while the first is in progress.
async fn repeated(hub: &Hub, question: &str, website: &Website, crawl: &Value) {
    for (number, (path, body)) in posts(question, website, crawl).into_iter().enumerate() {
        let key = format!("key-{number}");
        let first = hub.post_with_key(&path, &body, &key).await;
        assert!(first.status().is_success(), "{path}");
        // A stream ends when it has been read.
        first.bytes().await.unwrap();
        let other = hub.post_with_key(&format!("{path}?other"), &body, &key).await;
        assert_eq!(other.status(), 422, "{path}");
        for row in rows::all(hub, "Access") {
            if row["pk"]["S"].as_str().unwrap().starts_with("IDEM#") && !row["kept_body"].is_null() {
                rows::put(hub, "Access", &in_progress(row));
            }
        }
        assert_eq!(
            hub.post_with_key(&path, &body, &key).await.status(),
            409,
            "{path}"
        );
    }
}

/// Updates a question that another request is writing.
async fn conflict(hub: &Hub, question: &str, conflicting: &AtomicBool) {
    conflicting.store(true, Ordering::SeqCst);
    let path = format!("/queries/{question}");
    assert_eq!(hub.put(&path, &json!({}), None).await.status(), 409);
    assert_eq!(hub.patch(&format!("{path}/reprocess"), None).await.status(), 409);
    conflicting.store(false, Ordering::SeqCst);
    let mut rows = rows::all(hub, "Queries").into_iter();
    let mut row = rows
        .find(|row| row["sk"]["S"] == format!("Q#{question}"))
        .unwrap();
    row["status"] = json!({ "S": "processing" });
    rows::put(hub, "Queries", &row);
    assert_eq!(hub.delete(&path).await.status(), 409);
    let cancelled = hub.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status(), 202);
}

/// The statuses of a hub whose budget is too small for a model.
async fn without_a_budget() -> BTreeSet<(String, u16)> {
    let provider = ScriptedProvider::start().await.unwrap();
    let providers = models::providers_json(&[("work", &provider, models::PRICED)]);
    let hub = models::hub_with_models(&providers, r#"{"user_day": {"usd": 0.01}}"#).await;
    let options = json!({ "extractive": false });
    let body = json!({ "query": models::QUESTION, "options": options });
    for path in ["/queries", "/queries/comprehensive", "/agents/synthesis"] {
        assert_eq!(hub.post(path, &body).await.status(), 402, "{path}");
    }
    let answer = hub.ask("default", models::QUESTION).await;
    let path = format!("/queries/{}/reprocess", answer["query_id"].as_str().unwrap());
    let reprocessed = hub.patch(&path, Some(&json!({ "options": options }))).await;
    assert_eq!(reprocessed.status(), 402);
    let returned = hub.seen_statuses();
    hub.cloud.stop().await;
    returned
}
