//! Accepted documents whose worker dies, fails, or is overtaken by another request.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

use crate::{
    document_queue::{
        accept, assert_like_stored_at_once, batch, path, queue_rows, record, wait_until_empty,
        wait_until_settled, worker_log,
    },
    index_state, rows,
    support::{Hub, ok, problem},
};

const OLD: &str = "The old heron stands in cold water.";
const NEW: &str = "A new stork stands on warm roofs.";
/// The longest that a fault may take to happen.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a call is held: less than an attempt of the SDK may take.
const HOLD: Duration = Duration::from_millis(500);
/// Writes that accept a small document: its part and its row.
const ACCEPTING: usize = 2;

/// A fault of the calls to DynamoDB.
#[derive(Clone, Copy)]
enum Fault {
    /// The function is killed before this write from now, which does not arrive.
    KillAtWrite(usize),
    /// The first call of this operation is held.
    Hold(&'static str),
    /// This many calls of this operation fail.
    Fail(&'static str, usize),
    /// Every write takes so long.
    Slow(Duration),
}

/// A hub behind a proxy that injects faults.
struct FaultyHub {
    hub: Hub,
    fault: Arc<Mutex<Option<Fault>>>,
    _proxy: FaultProxy,
}

impl FaultyHub {
    /// Starts the hub; a fault kills this function. Leases are short, so that they expire soon.
    async fn start(function: &str) -> Self {
        Self::with_timeout(function, "1000").await
    }

    /// Starts the hub with this time for a document, in milliseconds.
    async fn with_timeout(function: &str, timeout_ms: &str) -> Self {
        let fault: Arc<Mutex<Option<Fault>>> = Arc::default();
        let killer: Arc<OnceLock<Box<dyn Fn() -> usize + Send + Sync>>> = Arc::default();
        let decide = {
            let (fault, killer) = (fault.clone(), killer.clone());
            move |call: &DynamoDbCall| {
                let mut fault = fault.lock().unwrap();
                match *fault {
                    Some(Fault::KillAtWrite(1)) if call.is_write() => {
                        *fault = None;
                        killer.get().unwrap()();
                        Verdict::Fail(500, "InternalServerError")
                    }
                    Some(Fault::KillAtWrite(left)) if call.is_write() => {
                        *fault = Some(Fault::KillAtWrite(left - 1));
                        Verdict::Forward
                    }
                    Some(Fault::Hold(operation)) if call.operation == operation => {
                        *fault = None;
                        Verdict::ForwardAfter(HOLD)
                    }
                    Some(Fault::Slow(wait)) if call.is_write() => Verdict::ForwardAfter(wait),
                    Some(Fault::Fail(operation, left)) if call.operation == operation => {
                        *fault = (left > 1).then(|| Fault::Fail(operation, left - 1));
                        Verdict::Fail(500, "InternalServerError")
                    }
                    _ => Verdict::Forward,
                }
            }
        };
        let proxy = FaultProxy::start(decide).await.unwrap();
        let hub = Hub::behind_proxy_with_env(&proxy, &[("ANSWER_TIMEOUT_MS", timeout_ms)]).await;
        assert!(killer.set(Box::new(hub.cloud.killer(function))).is_ok());
        Self {
            hub,
            fault,
            _proxy: proxy,
        }
    }

    fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = Some(fault);
    }

    /// Takes the fault back; returns whether it has happened.
    fn has_happened(&self) -> bool {
        self.fault.lock().unwrap().take().is_none()
    }

    /// Waits until the fault has happened.
    async fn wait(&self) {
        let began = Instant::now();
        while self.fault.lock().unwrap().is_some() {
            assert!(began.elapsed() < TIMEOUT, "{}", worker_log(&self.hub));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Accepts a document, and waits until its worker is about to publish it.
    async fn accept_and_hold(&self, body: &Value) {
        self.set(Fault::Hold("TransactWriteItems"));
        accept(&self.hub, body).await;
        self.wait().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_before_any_write_is_replaced_by_another() {
    let faulty = FaultyHub::start("index-worker").await;
    let hub = &faulty.hub;
    let mut kills = 0;
    for write in 1.. {
        let library = format!("worker-{write}");
        hub.ingest(&library, &[("d", OLD)]).await;
        faulty.set(Fault::KillAtWrite(ACCEPTING + write));
        accept(hub, &batch(&library, "d", NEW)).await;
        let document = wait_until_settled(hub, &library, "d").await;
        assert_eq!(
            (&document["status"], &document["text"]),
            (&json!("ready"), &json!(NEW)),
            "killed before write {write}"
        );
        assert_eq!(document["version"], 2, "it is published once");
        wait_until_empty(hub).await;
        hub.sweep().await;
        assert_like_stored_at_once(hub, &library, "d", NEW).await;
        if !faulty.has_happened() {
            break;
        }
        kills += 1;
    }
    println!("killed before each of {kills} writes");
    assert!(kills >= 8, "an accepted version takes more writes than {kills}");
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepting_that_is_killed_can_be_repeated() {
    let faulty = FaultyHub::start("ingest-documents").await;
    let hub = &faulty.hub;
    for write in 1..=ACCEPTING {
        let library = format!("accept-{write}");
        faulty.set(Fault::KillAtWrite(write));
        let body = batch(&library, "d", NEW);
        assert_eq!(hub.queue_at("/documents", &body, None).await.status(), 502);
        assert!(faulty.has_happened());
        problem(hub.get(&path(&library, "d")).await, 404).await;
        accept(hub, &body).await;
        assert_eq!(wait_until_settled(hub, &library, "d").await["text"], NEW);
        // The worker deletes what the first attempt left, too.
        wait_until_empty(hub).await;
    }
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_for_a_while_delays_the_document() {
    let faulty = FaultyHub::start("index-worker").await;
    // More failures than the SDK has attempts within one delivery.
    faulty.set(Fault::Fail("TransactWriteItems", 4));
    accept(&faulty.hub, &batch("default", "d", NEW)).await;
    let document = wait_until_settled(&faulty.hub, "default", "d").await;
    assert_eq!(
        (&document["status"], &document["text"]),
        (&json!("ready"), &json!(NEW))
    );
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_keeps_failing_is_failed_and_can_be_sent_again_or_deleted() {
    let faulty = FaultyHub::start("index-worker").await;
    let hub = &faulty.hub;
    hub.ingest("second", &[("d", OLD)]).await;
    for (library, text) in [("first", Value::Null), ("second", json!(OLD))] {
        faulty.set(Fault::Fail("TransactWriteItems", 9));
        accept(hub, &batch(library, "d", NEW)).await;
        let document = wait_until_settled(hub, library, "d").await;
        assert_eq!(
            (&document["status"], &document["text"]),
            (&json!("failed"), &text)
        );
        assert_eq!(document["problem"]["type"], "urn:attest:problem:not-stored");
        assert_eq!(document["problem"]["detail"], "it was given up after 3 tries");
        let rows = queue_rows(hub);
        assert_eq!(rows.iter().filter(|row| row["content"].is_string()).count(), 0);
        hub.sweep().await;
    }
    assert_eq!(hub.delete(&path("first", "d")).await.status(), 204);
    problem(hub.get(&path("first", "d")).await, 404).await;
    problem(hub.delete(&path("first", "d")).await, 404).await;
    accept(hub, &batch("second", "d", NEW)).await;
    assert_eq!(wait_until_settled(hub, "second", "d").await["text"], NEW);
    wait_until_empty(hub).await;
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_deleted_while_it_is_stored_stays_deleted() {
    let faulty = FaultyHub::start("index-worker").await;
    let hub = &faulty.hub;
    let mut refused = 0;
    for library in ["absent", "present"] {
        if library == "present" {
            hub.ingest(library, &[("d", OLD)]).await;
        }
        faulty.accept_and_hold(&batch(library, "d", NEW)).await;
        let document = ok(hub.get(&path(library, "d")).await).await;
        assert_eq!(document["status"], "processing");
        assert_eq!(document["progress"], 0.1);
        assert_eq!(
            document["text"].as_str(),
            (library == "present").then_some(OLD),
            "the current version is shown"
        );
        assert_eq!(hub.delete(&path(library, "d")).await.status(), 204);
        // Once the held publication has been refused, the worker's rows are garbage.
        refused += 1;
        wait_for_refusals(hub, refused).await;
        problem(hub.get(&path(library, "d")).await, 404).await;
        wait_until_empty(hub).await;
        hub.sweep().await;
        let content = index_state::of_library(hub, library).await;
        assert_eq!(content, index_state::of_library(hub, "never").await);
    }
    faulty.hub.cloud.stop().await;
}

/// Waits until so many publications of the worker have been refused.
async fn wait_for_refusals(hub: &Hub, count: usize) {
    let began = Instant::now();
    while worker_log(hub).matches("a row is left to another writer").count() < count {
        assert!(began.elapsed() < TIMEOUT, "{}", worker_log(hub));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_sent_later_supersedes_what_waits() {
    let faulty = FaultyHub::start("index-worker").await;
    let hub = &faulty.hub;

    // Accepted later.
    faulty.accept_and_hold(&batch("accepted", "d", OLD)).await;
    accept(hub, &batch("accepted", "d", NEW)).await;
    let document = wait_until_settled(hub, "accepted", "d").await;
    assert_eq!(
        (&document["text"], &document["version"]),
        (&json!(NEW), &json!(1))
    );

    // Stored later, within the request.
    faulty.accept_and_hold(&batch("stored", "d", OLD)).await;
    hub.ingest("stored", &[("d", NEW)]).await;
    let document = ok(hub.get(&path("stored", "d")).await).await;
    assert_eq!(
        (&document["text"], &document["status"]),
        (&json!(NEW), &json!("ready"))
    );

    // Sent again unchanged, so that there is no new version.
    hub.ingest("unchanged", &[("d", NEW)]).await;
    faulty.accept_and_hold(&batch("unchanged", "d", OLD)).await;
    let report = hub.ingest("unchanged", &[("d", NEW)]).await;
    assert_eq!(report["documents"][0]["unchanged"], true);

    wait_until_empty(hub).await;
    for library in ["accepted", "stored", "unchanged"] {
        let document = ok(hub.get(&path(library, "d")).await).await;
        assert_eq!(
            (&document["text"], &document["status"], &document["version"]),
            (&json!(NEW), &json!("ready"), &json!(1)),
            "{library}"
        );
    }
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_store_does_not_take_within_the_request_is_stored_later() {
    let faulty = FaultyHub::with_timeout("index-worker", "30000").await;
    let hub = &faulty.hub;
    let ids: Vec<String> = (0..9).map(|number| format!("d{number}")).collect();
    // Two of them do not fit into one group of writes.
    let text = OLD.repeat(600_000 / OLD.len());
    let documents = ids.iter().map(|id| json!({ "id": id, "text": text }));
    let body = json!({ "library": "slow", "documents": documents.collect::<Vec<_>>() });
    faulty.set(Fault::Slow(Duration::from_millis(400)));
    let began = Instant::now();
    let response = hub.post("/documents", &body).await;
    let (status, took) = (response.status(), began.elapsed());
    assert!(!faulty.has_happened());
    assert!(!response.headers().contains_key("preference-applied"));
    let report: Value = response.json().await.unwrap();
    assert_eq!(status, 202, "{report}");
    let statuses: Vec<&str> = report["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| report["status"].as_str().unwrap())
        .collect();
    println!("{took:?}: {statuses:?}");
    assert!(statuses.is_sorted_by(|one, next| one >= next), "{statuses:?}");
    assert_eq!((statuses[0], statuses[8]), ("ready", "pending"));
    for id in &ids {
        let document = wait_until_settled(hub, "slow", id).await;
        assert_eq!(
            (&document["status"], &document["version"]),
            (&json!("ready"), &json!(1)),
            "{}",
            document["problem"]
        );
        assert!(document["text"] == text, "{id} has another text");
    }
    wait_until_empty(hub).await;
    hub.sweep().await;
    assert_eq!(hub.sweep().await, 0, "the interrupted group is repaired");
    index_state::of_library(hub, "slow").await;
    faulty.hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_delivered_again_changes_nothing() {
    let faulty = FaultyHub::start("index-worker").await;
    let hub = &faulty.hub;
    faulty.accept_and_hold(&batch("default", "lamp", OLD)).await;
    let rows = queue_rows(hub);
    let mut accepted = rows.into_iter().find(|row| rows::text(row, "sk") == "!").unwrap();
    for of_the_lease in ["lease_ms", "run_id", "progress", "tries"] {
        accepted.as_object_mut().unwrap().remove(of_the_lease);
    }
    accepted["status"] = json!({ "S": "pending" });
    wait_until_settled(hub, "default", "lamp").await;
    wait_until_empty(hub).await;
    let before = rows::all(hub, "Knowledge");
    hub.cloud.invoke("index-worker", record(&accepted)).await.unwrap();
    assert_eq!(rows::all(hub, "Knowledge"), before);
    // A lost response of the acceptance writes the row again.
    rows::put(hub, "Knowledge", &accepted);
    wait_until_empty(hub).await;
    assert_eq!(rows::all(hub, "Knowledge"), before);
    faulty.hub.cloud.stop().await;
}
