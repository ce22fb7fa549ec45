//! Questions whose callers do not wait: accepted at once, answered by the worker, whatever becomes of it on the way.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};
use shared::testing::{Call, FaultProxy, Verdict};

use crate::{
    rows,
    support::{Hub, ok, problem},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871.";
/// By when a question has ended, whatever happened to its worker.
const SOON: Duration = Duration::from_secs(30);

fn question() -> Value {
    json!({ "query": "When was the lamp of Brannock lit?" })
}

/// Where a question that was accepted can be asked for.
async fn accepted(response: Response) -> String {
    assert_eq!(response.status(), 202);
    assert_eq!(response.headers()["preference-applied"], "respond-async");
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let query_status: Value = response.json().await.unwrap();
    let id = query_status["query_id"].as_str().unwrap();
    assert_eq!(location, format!("/queries/{id}"));
    assert_eq!(
        query_status,
        json!({ "query_id": id, "status": "pending", "progress": 0.0, "current_step": null, "error": null })
    );
    location
}

/// Asks how far a question is until it has ended.
pub(crate) async fn ended(hub: &Hub, path: &str) -> Value {
    let began = Instant::now();
    loop {
        let query_status = ok(hub.get(&format!("{path}/status")).await).await;
        if !["pending", "processing"].contains(&query_status["status"].as_str().unwrap()) {
            return query_status;
        }
        assert!(began.elapsed() < SOON, "{query_status}\n{}", log(hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the worker has logged.
fn log(hub: &Hub) -> String {
    let mut lines = hub.cloud.logs();
    lines.retain(|line| line.starts_with("query-worker"));
    lines.join("\n")
}

async fn answers_counted(hub: &Hub) -> Value {
    let usage = ok(hub.get("/usage").await).await;
    usage["total"]["answers"].clone()
}

fn question_rows(hub: &Hub) -> Vec<Value> {
    let mut rows = rows::all(hub, "Queries");
    rows.retain(|row| row["sk"]["S"].as_str().unwrap().starts_with("Q#"));
    rows
}

/// What the stream delivers of a row.
fn record(row: &Value) -> Value {
    let keys = json!({ "pk": row["pk"], "sk": row["sk"] });
    json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": keys, "NewImage": row } }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_answered_all_the_same() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let path = accepted(hub.queue(&question(), None).await).await;
    let query_status = ended(&hub, &path).await;
    assert_eq!(
        (&query_status["status"], &query_status["progress"]),
        (&json!("completed"), &json!(1.0))
    );

    let queued = ok(hub.get(&path).await).await;
    assert_eq!(path, format!("/queries/{}", queued["query_id"].as_str().unwrap()));
    let direct = ok(hub
        .post(
            "/queries",
            &json!({ "query": question()["query"], "cache": false }),
        )
        .await)
    .await;
    for field in [
        "status",
        "answer",
        "claims",
        "sources",
        "confidence",
        "plan",
        "provider",
    ] {
        assert_eq!(queued[field], direct[field], "{field}");
    }
    let listed = ok(hub.get("/queries?status=completed").await).await;
    assert!(
        listed["queries"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["query_id"] == queued["query_id"])
    );
    assert_eq!(answers_counted(&hub).await, 2);
    assert_eq!(hub.delete(&path).await.status(), 204);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_question_is_said_at_once() {
    let hub = Hub::start().await;
    problem(hub.queue(&json!({ "query": " " }), None).await, 422).await;
    problem(
        hub.queue(&json!({ "query": "Who?", "colour": "red" }), None)
            .await,
        400,
    )
    .await;
    let preview = ok(hub
        .queue(&json!({ "query": "Who?", "dry_run": true }), None)
        .await)
    .await;
    assert_eq!(preview["dry_run"], true, "there is nothing to wait for");
    assert_eq!(question_rows(&hub).len(), 0);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_with_one_key_one_is_queued() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let path = accepted(hub.queue(&question(), Some("once")).await).await;
    let again = hub.queue(&question(), Some("once")).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(accepted(again).await, path);
    ended(&hub, &path).await;
    assert_eq!(question_rows(&hub).len(), 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_comes_more_than_once_changes_nothing() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let path = accepted(hub.queue(&question(), None).await).await;
    let waiting = question_rows(&hub).remove(0);
    // Beside the delivery of the stream itself.
    let deliveries = (0..4).map(|_| hub.cloud.invoke("query-worker", record(&waiting)));
    for delivered in join_all(deliveries).await {
        delivered.unwrap();
    }
    ended(&hub, &path).await;
    let row = question_rows(&hub).remove(0);
    hub.cloud.invoke("query-worker", record(&row)).await.unwrap();
    assert_eq!(question_rows(&hub), [row]);
    assert_eq!(answers_counted(&hub).await, 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_fails_with_its_reason() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let refusing = json!({ "query": question()["query"], "options": { "extractive": false } });
    let path = accepted(hub.queue(&refusing, None).await).await;
    let query_status = ended(&hub, &path).await;
    assert_eq!(query_status["status"], "failed");
    let direct = problem(hub.post("/queries", &refusing).await, 502).await;
    assert_eq!(query_status["error"], direct["detail"]);
    let shown = ok(hub.get(&path).await).await;
    assert_eq!(
        (&shown["status"], &shown["answer"]),
        (&json!("failed"), &json!(""))
    );
    let failed = ok(hub.get("/queries?status=failed").await).await;
    assert_eq!(failed["queries"][0]["status"], "failed");
    assert_eq!(hub.delete(&path).await.status(), 204);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_holds_any_more_can_be_deleted() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let answer = hub.ask("default", "When was the lamp of Brannock lit?").await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    let mut row = question_rows(&hub).remove(0);
    row["status"] = json!({ "S": "processing" });
    for (lease_ms, status) in [("99999999999999", 409), ("1", 204)] {
        row["lease_ms"] = json!({ "N": lease_ms });
        rows::put(&hub, "Queries", &row);
        assert_eq!(hub.delete(&path).await.status(), status);
    }
    hub.cloud.stop().await;
}

/// A hub behind a proxy that strikes at the worker's calls.
struct Struck {
    hub: Hub,
    blow: Arc<Mutex<Option<Blow>>>,
    _proxy: FaultProxy,
}

/// What happens to the worker from when it has a question, or is about to take it.
#[derive(Clone, Copy)]
enum Blow {
    /// It is killed before its first call of this operation.
    Kill(&'static str),
    /// So many calls of this operation fail.
    Fail(&'static str, usize),
}

impl Struck {
    async fn start() -> Self {
        let blow: Arc<Mutex<Option<Blow>>> = Arc::default();
        let killer: Arc<OnceLock<Box<dyn Fn() -> usize + Send + Sync>>> = Arc::default();
        let judge = {
            let (blow, killer) = (blow.clone(), killer.clone());
            move |call: &Call| {
                let mut blow = blow.lock().unwrap();
                match *blow {
                    Some(Blow::Kill(operation)) if call.operation == operation => {
                        *blow = None;
                        killer.get().unwrap()();
                        Verdict::Fail(500, "InternalServerError")
                    }
                    Some(Blow::Fail(operation, left)) if call.operation == operation => {
                        *blow = (left > 1).then(|| Blow::Fail(operation, left - 1));
                        Verdict::Fail(500, "InternalServerError")
                    }
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(judge).await.unwrap();
        // A short lease, so that it is soon over.
        let hub = Hub::behind_with(&proxy, &[("ANSWER_TIMEOUT_MS", "2000")]).await;
        assert!(killer.set(Box::new(hub.cloud.killer("query-worker"))).is_ok());
        hub.ingest("default", &[("lamp", LAMP)]).await;
        // Accepting a question makes none of the calls that are struck at; the first one warms everything up.
        let path = accepted(hub.queue(&question(), None).await).await;
        ended(&hub, &path).await;
        Self {
            hub,
            blow,
            _proxy: proxy,
        }
    }

    /// Queues a question, and says how it ended once the blow has been struck.
    async fn ask(&self, blow: Blow) -> (String, Value) {
        *self.blow.lock().unwrap() = Some(blow);
        let anew = json!({ "query": question()["query"], "cache": false });
        let path = accepted(self.hub.queue(&anew, None).await).await;
        let began = Instant::now();
        // Asking how far it is makes a call as well.
        while self.blow.lock().unwrap().is_some() {
            assert!(began.elapsed() < SOON, "{}", log(&self.hub));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let query_status = ended(&self.hub, &path).await;
        (path, query_status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_stage_is_followed_by_another() {
    let struck = Struck::start().await;
    let hub = &struck.hub;
    // Taking the question, reading postings, headers and chunks, recording the answer.
    let stages = ["UpdateItem", "Query", "BatchGetItem", "TransactWriteItems"];
    for (number, stage) in (2..).zip(stages) {
        let (path, query_status) = struck.ask(Blow::Kill(stage)).await;
        assert_eq!(
            query_status["status"], "completed",
            "killed before {stage}: {query_status}"
        );
        let answer = ok(hub.get(&path).await).await;
        assert_eq!(answer["answer"], format!("{LAMP} [1]"), "{stage}");
        assert_eq!(answers_counted(hub).await, number, "killed before {stage}");
        let row = question_rows(hub).pop().unwrap();
        for left in ["asked", "lease_ms", "run_id", "tries", "progress", "current_step"] {
            assert!(row[left].is_null(), "{left} is left after {stage}");
        }
    }
    struck.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_for_a_while_delays_the_answer() {
    let struck = Struck::start().await;
    // More often than the SDK tries within one delivery.
    let (_, query_status) = struck.ask(Blow::Fail("TransactWriteItems", 4)).await;
    assert_eq!(query_status["status"], "completed");
    assert_eq!(answers_counted(&struck.hub).await, 2);
    struck.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_again_and_again_is_given_up_and_says_so() {
    let struck = Struck::start().await;
    let (path, query_status) = struck.ask(Blow::Fail("TransactWriteItems", 9)).await;
    assert_eq!(
        (&query_status["status"], &query_status["error"]),
        (&json!("failed"), &json!("it was given up after 3 tries"))
    );
    assert_eq!(answers_counted(&struck.hub).await, 1);
    assert_eq!(struck.hub.delete(&path).await.status(), 204);
    struck.hub.cloud.stop().await;
}
