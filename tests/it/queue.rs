//! Queued questions (`Prefer: respond-async`): accepted at once and answered by the worker, despite crashes and
//! failures.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};
use shared::testing::{Behaviour, DynamoDbCall, FaultProxy, ScriptedProvider, Verdict};

use crate::{
    models, rows,
    support::{Hub, ok, problem},
};

const LAMP: &str = "The lamp of Brannock was lit in 1871.";
/// The longest that a queued question may take, including retries of its worker.
const TIMEOUT: Duration = Duration::from_secs(30);

fn question() -> Value {
    json!({ "query": "When was the lamp of Brannock lit?" })
}

/// The path of a question that was accepted with 202.
async fn accepted_path(response: Response) -> String {
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

/// Polls the status of a query until it is final, and returns it.
pub(crate) async fn wait_until_ended(hub: &Hub, path: &str) -> Value {
    let began = Instant::now();
    loop {
        let query_status = ok(hub.get(&format!("{path}/status")).await).await;
        if !["pending", "processing"].contains(&query_status["status"].as_str().unwrap()) {
            return query_status;
        }
        assert!(began.elapsed() < TIMEOUT, "{query_status}\n{}", worker_log(hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The log of the worker.
fn worker_log(hub: &Hub) -> String {
    let mut lines = hub.cloud.logs();
    lines.retain(|line| line.starts_with("query-worker"));
    lines.join("\n")
}

/// The number of answers in the usage of the caller.
async fn answers_counted(hub: &Hub) -> Value {
    let usage = ok(hub.get("/usage").await).await;
    usage["total"]["answers"].clone()
}

/// The rows of questions.
fn question_rows(hub: &Hub) -> Vec<Value> {
    let mut rows = rows::all(hub, "Queries");
    rows.retain(|row| row["sk"]["S"].as_str().unwrap().starts_with("Q#"));
    rows
}

/// The stream record of a new row.
fn record(row: &Value) -> Value {
    let keys = json!({ "pk": row["pk"], "sk": row["sk"] });
    json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": keys, "NewImage": row } }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_question_gets_the_same_answer_as_a_direct_one() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    // Which lanes a request without `lanes` has may differ between releases.
    let question = json!({ "query": question()["query"], "lanes": ["keyword"], "cache": false });
    let path = accepted_path(hub.queue(&question, None).await).await;
    let query_status = wait_until_ended(&hub, &path).await;
    assert_eq!(
        (&query_status["status"], &query_status["progress"]),
        (&json!("completed"), &json!(1.0))
    );

    let queued = ok(hub.get(&path).await).await;
    assert_eq!(path, format!("/queries/{}", queued["query_id"].as_str().unwrap()));
    let direct = ok(hub.post("/queries", &question).await).await;
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
async fn a_running_question_is_cancelled_and_a_pending_one_is_never_answered() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::StallBeforeFirstToken]);
    let hub = models::hub_with_models(&models::providers_json(&[("work", &provider, "")]), "{}").await;
    let ask = json!({ "query": models::QUESTION });
    let path = accepted_path(hub.queue(&ask, None).await).await;
    let began = Instant::now();
    while ok(hub.get(&format!("{path}/status")).await).await["current_step"] != "write" {
        assert!(began.elapsed() < TIMEOUT, "{}", worker_log(&hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let cancelled = hub.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status(), 202);
    assert_eq!(wait_until_ended(&hub, &path).await["status"], "cancelled");
    let answer = ok(hub.get(&path).await).await;
    assert_eq!(answer["attempts"][0]["outcome"], "cancelled");
    assert_eq!(answers_counted(&hub).await, 1);
    let mut row = question_rows(&hub).pop().unwrap();
    assert!(row["cancel_requested"].is_null(), "{row}");

    // As if its worker had not started yet.
    row["status"] = json!({ "S": "pending" });
    rows::put(&hub, "Queries", &row);
    let ended = ok(hub.post(&format!("{path}/cancel"), &json!({})).await).await;
    assert_eq!(
        (&ended["status"], &ended["progress"]),
        (&json!("cancelled"), &json!(1.0))
    );
    let listed = ok(hub.get("/queries?status=cancelled").await).await;
    assert_eq!(listed["queries"].as_array().unwrap().len(), 1);
    hub.cloud.invoke("query-worker", record(&row)).await.unwrap();
    assert_eq!(ok(hub.get(&path).await).await["status"], "cancelled");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_question_is_refused_before_it_is_queued() {
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
    assert_eq!(preview["dry_run"], true, "a dry run is answered at once");
    assert_eq!(question_rows(&hub).len(), 0);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_one_key_queue_one_question() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let path = accepted_path(hub.queue(&question(), Some("once")).await).await;
    let again = hub.queue(&question(), Some("once")).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(accepted_path(again).await, path);
    wait_until_ended(&hub, &path).await;
    assert_eq!(question_rows(&hub).len(), 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_delivered_again_changes_nothing() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let path = accepted_path(hub.queue(&question(), None).await).await;
    let waiting = question_rows(&hub).remove(0);
    // In addition to the delivery by the stream.
    let deliveries = (0..4).map(|_| hub.cloud.invoke("query-worker", record(&waiting)));
    for delivered in join_all(deliveries).await {
        delivered.unwrap();
    }
    wait_until_ended(&hub, &path).await;
    let row = question_rows(&hub).remove(0);
    hub.cloud.invoke("query-worker", record(&row)).await.unwrap();
    assert_eq!(question_rows(&hub), [row]);
    assert_eq!(answers_counted(&hub).await, 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_answered_fails_with_its_reason() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("lamp", LAMP)]).await;
    let refusing = json!({ "query": question()["query"], "options": { "extractive": false } });
    let path = accepted_path(hub.queue(&refusing, None).await).await;
    let query_status = wait_until_ended(&hub, &path).await;
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
async fn a_query_with_an_expired_lease_can_be_deleted() {
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

/// A hub behind a proxy that injects faults into the calls of the worker.
struct FaultyWorker {
    hub: Hub,
    fault: Arc<Mutex<Option<Fault>>>,
    _proxy: FaultProxy,
}

/// A fault of the worker while it acquires or answers a question.
#[derive(Clone, Copy)]
enum Fault {
    /// The worker is killed before its first call of this operation.
    Kill(&'static str),
    /// This many calls of this operation fail.
    Fail(&'static str, usize),
}

impl FaultyWorker {
    async fn start() -> Self {
        let fault: Arc<Mutex<Option<Fault>>> = Arc::default();
        let killer: Arc<OnceLock<Box<dyn Fn() -> usize + Send + Sync>>> = Arc::default();
        let decide = {
            let (fault, killer) = (fault.clone(), killer.clone());
            move |call: &DynamoDbCall| {
                let mut fault = fault.lock().unwrap();
                match *fault {
                    Some(Fault::Kill(operation)) if call.operation == operation => {
                        *fault = None;
                        killer.get().unwrap()();
                        Verdict::Fail(500, "InternalServerError")
                    }
                    Some(Fault::Fail(operation, left)) if call.operation == operation => {
                        *fault = (left > 1).then(|| Fault::Fail(operation, left - 1));
                        Verdict::Fail(500, "InternalServerError")
                    }
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        // A short lease, so that it expires soon.
        let hub = Hub::behind_proxy_with_env(&proxy, &[("ANSWER_TIMEOUT_MS", "2000")]).await;
        assert!(killer.set(Box::new(hub.cloud.killer("query-worker"))).is_ok());
        hub.ingest("default", &[("lamp", LAMP)]).await;
        // Accepting a question makes none of the calls that fail; the first question warms everything up.
        let path = accepted_path(hub.queue(&question(), None).await).await;
        wait_until_ended(&hub, &path).await;
        Self {
            hub,
            fault,
            _proxy: proxy,
        }
    }

    /// Queues a question and waits until the fault has happened; returns the path and the final status.
    async fn ask(&self, fault: Fault) -> (String, Value) {
        *self.fault.lock().unwrap() = Some(fault);
        let uncached = json!({ "query": question()["query"], "cache": false });
        let path = accepted_path(self.hub.queue(&uncached, None).await).await;
        let began = Instant::now();
        // Polling starts after the fault, because it makes calls as well.
        while self.fault.lock().unwrap().is_some() {
            assert!(began.elapsed() < TIMEOUT, "{}", worker_log(&self.hub));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let query_status = wait_until_ended(&self.hub, &path).await;
        (path, query_status)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_at_any_stage_is_replaced_by_another() {
    let worker = FaultyWorker::start().await;
    let hub = &worker.hub;
    // Acquire the question; read postings; read headers and chunks; record the answer.
    let stages = ["UpdateItem", "Query", "BatchGetItem", "TransactWriteItems"];
    for (number, stage) in (2..).zip(stages) {
        let (path, query_status) = worker.ask(Fault::Kill(stage)).await;
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
    worker.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_for_a_while_delays_the_answer() {
    let worker = FaultyWorker::start().await;
    // More failures than the SDK has attempts within one delivery.
    let (_, query_status) = worker.ask(Fault::Fail("TransactWriteItems", 4)).await;
    assert_eq!(query_status["status"], "completed");
    assert_eq!(answers_counted(&worker.hub).await, 2);
    worker.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_keeps_failing_is_marked_failed() {
    let worker = FaultyWorker::start().await;
    let (path, query_status) = worker.ask(Fault::Fail("TransactWriteItems", 9)).await;
    assert_eq!(
        (&query_status["status"], &query_status["error"]),
        (&json!("failed"), &json!("it was given up after 3 tries"))
    );
    assert_eq!(answers_counted(&worker.hub).await, 1);
    assert_eq!(worker.hub.delete(&path).await.status(), 204);
    worker.hub.cloud.stop().await;
}
