//! Repeated requests with the same `Idempotency-Key`.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    contract::comparable,
    outage::{prepare, routes},
    rows,
    support::{Hub, ok, problem},
};

/// How many requests are sent concurrently.
const CONCURRENT_REQUESTS: usize = 200;

fn question() -> Value {
    json!({ "query": "When was the lamp of Brannock lit?", "cache": false })
}

async fn hub_with_a_lamp() -> Hub {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", "The lamp of Brannock was lit in 1871.")])
        .await;
    hub
}

/// The number of stored answers.
fn answers(hub: &Hub) -> usize {
    let mut rows = rows::all(hub, "Queries");
    rows.retain(|row| row["sk"]["S"].as_str().unwrap().starts_with("Q#"));
    rows.len()
}

/// The row of the only idempotency key.
fn key_row(hub: &Hub) -> Value {
    let mut rows = rows::all(hub, "Access");
    rows.retain(|row| row["pk"]["S"].as_str().unwrap().starts_with("IDEM#"));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// The row of a key as it was while its request was in progress, with a lease that does not expire.
pub(crate) fn in_progress(mut row: Value) -> Value {
    for field in ["kept_body", "kept_headers", "kept_status"] {
        assert!(row.as_object_mut().unwrap().remove(field).is_some());
    }
    row["lease_ms"] = json!({ "N": (i64::from(u32::MAX) * 1_000).to_string() });
    row
}

#[tokio::test(flavor = "multi_thread")]
async fn every_repeated_post_replays_its_response() {
    let hub = Hub::start().await;
    let [fixtures, _] = prepare(&hub).await;
    let mut functions = BTreeSet::new();
    for (number, route) in routes(&fixtures).iter().enumerate() {
        let Some(post) = route.post() else { continue };
        functions.insert(route.function);
        let (path, body) = post;
        let send = async || hub.post_with_key(path, body, &format!("key-{number}")).await;
        let (first, second) = (send().await, send().await);
        assert_eq!(first.headers().get("idempotency-replayed"), None, "{path}");
        assert_eq!(second.headers()["idempotency-replayed"], "true", "{path}");
        assert_eq!(first.headers()["content-type"], second.headers()["content-type"]);
        assert_eq!(first.status(), second.status(), "{path}");
        assert_eq!(
            comparable(&first.text().await.unwrap()),
            comparable(&second.text().await.unwrap()),
            "{path}"
        );
    }
    assert!(functions.len() >= 6, "{functions:?}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request() {
    let hub = hub_with_a_lamp().await;
    let first = ok(hub.post_with_key("/queries", &question(), "one").await).await;
    for (path, body) in [
        ("/queries", json!({ "query": "Who lit it?" })),
        ("/search", question()),
        ("/queries?x=1", question()),
    ] {
        let refused = problem(hub.post_with_key(path, &body, "one").await, 422).await;
        assert_eq!(refused["errors"][0]["pointer"], "Idempotency-Key", "{path}");
    }
    let other = ok(hub.post_with_key("/queries", &question(), "two").await).await;
    assert_ne!(other["query_id"], first["query_id"]);
    for key in ["", "with space", &"x".repeat(256)] {
        let refused = problem(hub.post_with_key("/queries", &question(), key).await, 400).await;
        assert_eq!(refused["errors"][0]["pointer"], "Idempotency-Key", "`{key}`");
    }
    let preview = json!({ "query": "Who lit it?", "dry_run": true });
    for path in ["/queries", "/queries/comprehensive", "/queries/stream"] {
        problem(hub.post_with_key(path, &preview, "with space").await, 400).await;
        let first = ok(hub.post_with_key(path, &preview, path).await).await;
        let second = hub.post_with_key(path, &preview, path).await;
        assert_eq!(second.headers()["idempotency-replayed"], "true", "{path}");
        assert_eq!(ok(second).await, first, "{path}");
    }
    assert_eq!(answers(&hub), 2);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_requests_one_is_executed() {
    let hub = hub_with_a_lamp().await;
    let body = question();
    let responses =
        join_all((0..CONCURRENT_REQUESTS).map(|_| hub.post_with_key("/queries", &body, "many"))).await;
    let mut bodies = BTreeSet::new();
    for response in responses {
        match response.status().as_u16() {
            200 => {
                bodies.insert(response.text().await.unwrap());
            }
            _ => assert_eq!(problem(response, 409).await["type"], "urn:attest:problem:running"),
        }
    }
    assert_eq!(bodies.len(), 1, "all successful responses have the same answer");
    assert_eq!(answers(&hub), 1);
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 1);
    let later = hub.post_with_key("/queries", &body, "many").await;
    assert!(bodies.contains(&later.text().await.unwrap()));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_releases_its_key() {
    let hub = hub_with_a_lamp().await;
    problem(hub.post_with_key("/queries", &json!({}), "key").await, 400).await;
    ok(hub.post_with_key("/queries", &question(), "key").await).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_can_be_taken_over_and_an_expired_key_reused() {
    let hub = hub_with_a_lamp().await;
    let first = ok(hub.post_with_key("/queries", &question(), "key").await).await;
    let mut crashed = in_progress(key_row(&hub));
    rows::put(&hub, "Access", &crashed);
    let running = problem(hub.post_with_key("/queries", &question(), "key").await, 409).await;
    assert_eq!(running["type"], "urn:attest:problem:running");
    crashed["lease_ms"] = json!({ "N": "1" });
    rows::put(&hub, "Access", &crashed);
    problem(
        hub.post_with_key("/queries", &json!({ "query": "Who?" }), "key")
            .await,
        422,
    )
    .await;
    let second = ok(hub.post_with_key("/queries", &question(), "key").await).await;
    assert_ne!(second["query_id"], first["query_id"]);

    let mut expired = key_row(&hub);
    expired["expires_at"] = json!({ "N": "1" });
    rows::put(&hub, "Access", &expired);
    let third = ok(hub
        .post_with_key("/queries", &json!({ "query": "Who?" }), "key")
        .await)
    .await;
    assert_ne!(third["query_id"], second["query_id"]);
    hub.cloud.stop().await;
}
