//! Reprocessed questions (`PATCH /queries/{id}/reprocess`): earlier versions are kept, and the response has the diff.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    outage::{Fault, FaultyStore},
    rows,
    support::{Hub, ok, problem},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871.";
const QUESTION: &str = "When was the lamp of Brannock lit?";

/// Asks a question; returns the answer and its path.
async fn answered(hub: &Hub) -> (Value, String) {
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let answer = hub.ask("default", QUESTION).await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    (answer, path)
}

/// Reprocesses a question.
async fn reprocess(hub: &Hub, path: &str) -> Value {
    ok(hub.patch(&format!("{path}/reprocess"), None).await).await
}

/// One version of an answer.
async fn version(hub: &Hub, path: &str, version: u64) -> Value {
    ok(hub.get(&format!("{path}?version={version}")).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reprocessing_reports_the_diff_and_keeps_earlier_versions() {
    let hub = Hub::start().await;
    let (first, path) = answered(&hub).await;
    let notes = json!({ "tags": ["sea"], "notes": "Mine.", "metadata": {} });
    ok(hub.put(&path, &notes, None).await).await;

    let same = reprocess(&hub, &path).await;
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
    let changed = reprocess(&hub, &path).await;
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

    let verified = ok(hub.post(&format!("{path}/verify"), &json!({})).await).await;
    assert!(
        verified.to_string().contains("still_supported"),
        "the newest version is verified: {verified}"
    );
    // One answer, and one for each reprocessing.
    assert_eq!(ok(hub.get("/usage").await).await["total"]["answers"], 3);
    // The reprocessed answer is not in the cache.
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
    let (_, path) = answered(&hub).await;
    for newest in 2..=23 {
        assert_eq!(reprocess(&hub, &path).await["version"], newest);
    }
    problem(hub.get(&format!("{path}?version=2")).await, 404).await;
    version(&hub, &path, 3).await;
    version(&hub, &path, 22).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reprocessing_takes_options_of_its_own() {
    let hub = Hub::start().await;
    let (_, path) = answered(&hub).await;
    let reprocess_path = format!("{path}/reprocess");
    let refused = problem(
        hub.patch(&reprocess_path, Some(&json!({ "query": "Who?", "top_k": 0 })))
            .await,
        400,
    )
    .await;
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
    let failed = problem(
        hub.patch(
            &reprocess_path,
            Some(&json!({ "options": { "extractive": false } })),
        )
        .await,
        502,
    )
    .await;
    assert_eq!(failed["type"], "urn:attest:problem:models-failed");
    assert_eq!(
        ok(hub.get(&format!("{path}?version=1")).await).await["status"],
        "completed",
        "the stored answer is not replaced"
    );
    problem(
        hub.patch("/queries/01KARQFFWRT4N8H2C6V0B5XZ3E/reprocess", None)
            .await,
        404,
    )
    .await;
    let stricter = ok(hub
        .patch(&reprocess_path, Some(&json!({ "confidence_threshold": 1.0 })))
        .await)
    .await;
    // The previous release withholds such an answer.
    assert_ne!(stricter["answer"]["certainty"], "answer");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_reprocessing_creates_a_version_or_conflicts() {
    let hub = Hub::start().await;
    let (_, path) = answered(&hub).await;
    let reprocess_path = format!("{path}/reprocess");
    let mut versions = 1;
    for response in join_all((0..8).map(|_| hub.patch(&reprocess_path, None))).await {
        match response.status().as_u16() {
            200 => versions += 1,
            _ => assert_eq!(
                problem(response, 409).await["type"],
                "urn:attest:problem:conflict"
            ),
        }
    }
    assert!(versions > 1);
    assert_eq!(reprocess(&hub, &path).await["version"], versions + 1);
    assert_eq!(
        ok(hub.get("/usage").await).await["total"]["answers"],
        versions + 1
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_store_leaves_the_previous_answer() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let (first, path) = answered(hub).await;
    for operation in ["PutItem", "TransactWriteItems"] {
        faulty.set_fault(Fault::Operation(operation));
        let refused = hub.patch(&format!("{path}/reprocess"), None).await;
        assert!(refused.status().is_server_error(), "{operation}");
        faulty.set_fault(Fault::Never);
        assert_eq!(ok(hub.get(&path).await).await, first, "{operation}");
    }
    assert_eq!(reprocess(hub, &path).await["version"], 2);
    faulty.stop().await;
}
