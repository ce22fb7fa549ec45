//! Questions that are asked again: what they had been answered before is kept, and what is different is told.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    outage::{Fault, Faulty},
    rows,
    support::{Hub, ok, problem},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871.";
const QUESTION: &str = "When was the lamp of Brannock lit?";

async fn asked(hub: &Hub) -> (Value, String) {
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let answer = hub.ask("default", QUESTION).await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    (answer, path)
}

async fn again(hub: &Hub, path: &str) -> Value {
    ok(hub.patch(&format!("{path}/reprocess"), None).await).await
}

async fn version(hub: &Hub, path: &str, version: u64) -> Value {
    ok(hub.get(&format!("{path}?version={version}")).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_different_is_told_and_what_was_said_is_kept() {
    let hub = Hub::start().await;
    let (first, path) = asked(&hub).await;
    let notes = json!({ "tags": ["sea"], "notes": "Mine.", "metadata": {} });
    ok(hub.put(&path, &notes, None).await).await;

    let same = again(&hub, &path).await;
    assert_eq!(
        (&same["version"], &same["previous_version"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        same["diff"]["claims"],
        json!({ "added": [], "removed": [], "changed": [], "unchanged": 1 })
    );
    assert_eq!(
        same["diff"]["sources"],
        json!({ "added": [], "removed": [], "unchanged": 1 })
    );
    for field in [
        "query_id",
        "query",
        "library",
        "created_at",
        "answer",
        "claims",
        "sources",
    ] {
        assert_eq!(same["answer"][field], first[field], "{field}");
    }

    let corrected = "The lamp of Brannock was lit in 1872.";
    hub.ingest("default", &[("lamp", corrected)]).await;
    let changed = again(&hub, &path).await;
    assert_eq!(changed["version"], 3);
    assert_eq!(changed["answer"]["answer"], format!("{corrected} [1]"));
    let claims = &changed["diff"]["claims"];
    assert_eq!(
        (&claims["added"][0]["text"], &claims["removed"][0]["text"]),
        (&json!(corrected), &json!(LAMP))
    );
    assert_eq!(changed["diff"]["sources"]["removed"], first["sources"]);
    assert_eq!(changed["diff"]["sources"]["added"], changed["answer"]["sources"]);

    let shown = ok(hub.get(&path).await).await;
    assert_eq!(shown, changed["answer"]);
    assert_eq!(
        (&shown["notes"], &shown["tags"]),
        (&json!("Mine."), &json!(["sea"]))
    );
    assert_eq!(version(&hub, &path, 3).await, shown);
    assert_eq!(version(&hub, &path, 1).await["answer"], first["answer"]);
    assert_eq!(version(&hub, &path, 2).await["answer"], same["answer"]["answer"]);
    for version in ["4", "18446744073709551615"] {
        problem(hub.get(&format!("{path}?version={version}")).await, 404).await;
    }
    for version in ["0", "18446744073709551616", "-1", "one"] {
        problem(hub.get(&format!("{path}?version={version}")).await, 400).await;
    }

    let checked = ok(hub.post(&format!("{path}/verify"), &json!({})).await).await;
    assert!(
        checked.to_string().contains("still_supported"),
        "the newest is checked: {checked}"
    );
    // The question itself was answered once, and each time it was asked again.
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 3);
    // Whoever asks the same is not given the answer of another request.
    assert_eq!(hub.ask("default", QUESTION).await["cache"], "miss");
    assert_eq!(hub.delete(&path).await.status(), 204);
    let id = first["query_id"].as_str().unwrap();
    let left: Vec<Value> = rows::all(&hub, "Queries");
    assert!(
        left.iter()
            .all(|row| !row["sk"]["S"].as_str().unwrap().contains(id)),
        "{left:?}"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twenty_versions_before_the_newest_are_kept() {
    let hub = Hub::start().await;
    let (_, path) = asked(&hub).await;
    for newest in 2..=23 {
        assert_eq!(again(&hub, &path).await["version"], newest);
    }
    problem(hub.get(&format!("{path}?version=2")).await, 404).await;
    version(&hub, &path, 3).await;
    version(&hub, &path, 22).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_how_it_is_to_be_asked_again() {
    let hub = Hub::start().await;
    let (_, path) = asked(&hub).await;
    let reprocess = format!("{path}/reprocess");
    let refused = problem(
        hub.patch(&reprocess, Some(&json!({ "query": "Who?", "top_k": 0 })))
            .await,
        400,
    )
    .await;
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
    let none = problem(
        hub.patch(&reprocess, Some(&json!({ "options": { "extractive": false } })))
            .await,
        502,
    )
    .await;
    assert_eq!(none["type"], "urn:attest:problem:models-failed");
    assert_eq!(
        ok(hub.get(&format!("{path}?version=1")).await).await["status"],
        "completed",
        "and nothing is replaced"
    );
    problem(
        hub.patch("/queries/01KARQFFWRT4N8H2C6V0B5XZ3E/reprocess", None)
            .await,
        404,
    )
    .await;
    let surer = ok(hub
        .patch(&reprocess, Some(&json!({ "confidence_threshold": 1.0 })))
        .await)
    .await;
    assert_eq!(surer["answer"]["answer"], "");
    assert_eq!(surer["diff"]["claims"]["removed"].as_array().unwrap().len(), 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_each_is_a_version_or_told_to_try_again() {
    let hub = Hub::start().await;
    let (_, path) = asked(&hub).await;
    let reprocess = format!("{path}/reprocess");
    let mut versions = 1;
    for response in join_all((0..8).map(|_| hub.patch(&reprocess, None))).await {
        match response.status().as_u16() {
            200 => versions += 1,
            _ => assert_eq!(
                problem(response, 409).await["type"],
                "urn:attest:problem:conflict"
            ),
        }
    }
    assert!(versions > 1);
    assert_eq!(again(&hub, &path).await["version"], versions + 1);
    assert_eq!(
        ok(hub.get("/usage").await).await["total"]["answers"],
        versions + 1
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_leaves_the_answer_that_was_there() {
    let faulty = Faulty::start().await;
    let hub = &faulty.hub;
    let (first, path) = asked(hub).await;
    for operation in ["PutItem", "TransactWriteItems"] {
        faulty.script(Fault::Of(operation));
        let refused = hub.patch(&format!("{path}/reprocess"), None).await;
        assert!(refused.status().is_server_error(), "{operation}");
        faulty.script(Fault::Never);
        assert_eq!(ok(hub.get(&path).await).await, first, "{operation}");
    }
    assert_eq!(again(hub, &path).await["version"], 2);
    faulty.stop().await;
}
