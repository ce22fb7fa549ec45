//! DynamoDB is away, throttles or fails: callers are told so in time, nothing of the cause reaches them, nothing of
//! theirs reaches the log, and all works again by itself.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::Response;
use serde_json::{Value, json};
use shared::testing::{Call, FaultProxy, Verdict};

use crate::support::{Hub, ok, problem};

/// Words that stand in documents and questions only.
const PRIVATE: [&str; 2] = ["Wintergreen", "Periwinkle"];
/// By when a failure must be told: far below the deadline of 28 s.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_soon_and_over_as_soon_as_it_ends() {
    let hub = Hub::start().await;
    let [first, second] = prepare(&hub).await;
    for route in routes(&first) {
        assert!(
            route.send(&hub).await.status().is_success(),
            "{} works before",
            route.function
        );
    }

    hub.cloud.stop_dynamodb().await;
    for route in routes(&second) {
        let unavailable = told_soon(&hub, &route, 503).await;
        assert_eq!(
            unavailable["detail"],
            "the store cannot be reached; try again later"
        );
    }
    let health = hub.get("/health").await;
    assert_eq!(health.status(), 503);
    let health: Value = health.json().await.unwrap();
    assert_eq!(health["status"], "down");
    let checks = health["checks"].as_array().unwrap();
    let failed: Vec<_> = checks
        .iter()
        .map(|check| (check["name"].as_str().unwrap(), &check["status"]))
        .collect();
    let wanted = json!("failed");
    assert_eq!(
        failed,
        [
            ("dynamodb.queries", &wanted),
            ("dynamodb.knowledge", &wanted),
            ("dynamodb.access", &wanted),
        ]
    );
    assert_eq!(ok(hub.get("/health/live").await).await["status"], "up");

    hub.cloud.start_dynamodb().await.unwrap();
    for route in routes(&second) {
        assert!(
            route.send(&hub).await.status().is_success(),
            "{} works again",
            route.function
        );
    }
    assert_eq!(ok(hub.get("/health").await).await["status"], "up");
    nothing_private_is_logged(&hub);
    assert!(
        !hub.cloud
            .logs()
            .iter()
            .any(|line| line.contains("ended before it answered"))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_throttles_everything_is_unavailable() {
    let faulty = Faulty::start().await;
    let hub = &faulty.hub;
    let [things, _] = prepare(hub).await;
    faulty.script(Fault::Always(400, "ProvisionedThroughputExceededException"));
    for route in routes(&things) {
        let throttled = told_soon(hub, &route, 503).await;
        assert!(
            !throttled.to_string().contains("Throughput"),
            "causes are for the log: {throttled}"
        );
    }
    assert_eq!(hub.get("/health").await.status(), 503);
    faulty.script(Fault::Never);
    for route in routes(&things) {
        assert!(route.send(hub).await.status().is_success(), "{}", route.function);
    }
    nothing_private_is_logged(hub);
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_once_is_made_again() {
    for (status, code) in [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ] {
        let faulty = Faulty::start().await;
        let [things, _] = prepare(&faulty.hub).await;
        let mut failed = BTreeSet::new();
        for route in routes(&things) {
            faulty.script(Fault::Once(status, code, BTreeSet::new()));
            let answered = route.send(&faulty.hub).await;
            assert!(
                answered.status().is_success(),
                "{code}: {}: {}",
                route.function,
                answered.status()
            );
            // A stream says in its last event whether it went well.
            let kind = answered.headers().get("content-type");
            let streams = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
            let body = answered.text().await.unwrap();
            assert!(!streams || body.contains("event: completed"), "{code}: {body}");
            let Fault::Once(_, _, once) = faulty.script(Fault::Never) else {
                unreachable!("it was set above")
            };
            assert!(!once.is_empty(), "{code}: {} was not disturbed", route.function);
            failed.extend(once);
        }
        let every = [
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactWriteItems",
            "UpdateItem",
        ];
        assert_eq!(failed, every.map(str::to_owned).into(), "{code}");
        faulty.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_is_logged_and_not_shown() {
    let faulty = Faulty::start().await;
    let hub = &faulty.hub;
    let [things, _] = prepare(hub).await;
    for code in [
        "ResourceNotFoundException",
        "AccessDeniedException",
        "ValidationException",
    ] {
        faulty.script(Fault::Always(400, code));
        for route in routes(&things) {
            let response = route.send(hub).await;
            assert!(
                !response.headers().contains_key("retry-after"),
                "sending it again would not help"
            );
            // What became of a batch is told document by document.
            let shown = match route.function {
                "ingest-documents" => {
                    assert_eq!(response.status(), 207);
                    response.json::<Value>().await.unwrap()["documents"][0]["problem"].clone()
                }
                _ => problem(response, 500).await,
            };
            assert_eq!(shown["status"], 500);
            assert_eq!(shown["detail"], "something went wrong here; it has been logged");
            let text = shown.to_string();
            for cause in [code, "scripted", "Knowledge", "Item", "store"] {
                assert!(!text.contains(cause), "{}: `{cause}` in {text}", route.function);
            }
            let lines = log_until(hub, route.function, shown["request_id"].as_str().unwrap()).await;
            assert!(
                lines.iter().any(|line| line.contains(code)),
                "{}: {code} in {lines:#?}",
                route.function
            );
        }
    }
    nothing_private_is_logged(hub);
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_sends_by_mistake_is_not_logged() {
    let hub = Hub::start().await;
    let misplaced = json!({ "Wintergreen": "Periwinkle" });
    for (function, path) in [
        ("search", "/search"),
        ("ask", "/queries"),
        ("ingest-documents", "/documents"),
        ("agents", "/agents/citation"),
    ] {
        let told = problem(hub.post(path, &misplaced).await, 400).await;
        log_until(&hub, function, told["request_id"].as_str().unwrap()).await;
    }
    nothing_private_is_logged(&hub);
    hub.cloud.stop().await;
}

/// One request, and the function that answers it.
pub(crate) struct Route {
    pub(crate) function: &'static str,
    method: &'static str,
    path: String,
    body: Value,
}

impl Route {
    /// Path and body of a POST.
    pub(crate) fn post(&self) -> Option<(&str, &Value)> {
        (self.method == "POST").then_some((self.path.as_str(), &self.body))
    }

    pub(crate) async fn send(&self, hub: &Hub) -> Response {
        match self.method {
            "GET" => hub.get(&self.path).await,
            "DELETE" => hub.delete(&self.path).await,
            "PUT" => hub.put(&self.path, &self.body, None).await,
            "PATCH" => hub.patch(&self.path, Some(&self.body)).await,
            _ => hub.post(&self.path, &self.body).await,
        }
    }
}

/// What the routes are about: a question to be read, and a document and a question that may go.
pub(crate) struct Things {
    query_id: String,
    spare_document: &'static str,
    spare_query: String,
}

/// Every route that needs DynamoDB.
pub(crate) fn routes(things: &Things) -> Vec<Route> {
    let Things {
        query_id,
        spare_document,
        spare_query,
    } = things;
    let route = |function, method, path: &str, body| Route {
        function,
        method,
        path: path.to_owned(),
        body,
    };
    let question = json!({ "query": "Where does the Periwinkle grow?" });
    let claim = json!({ "claim": "The Periwinkle grows in the shade." });
    let documents =
        json!({ "documents": [{ "id": "new", "text": format!("Wintergreen of {spare_document}.") }] });
    vec![
        route("search", "POST", "/search", question.clone()),
        route("ask", "POST", "/queries", question.clone()),
        route(
            "ask-comprehensive",
            "POST",
            "/queries/comprehensive",
            question.clone(),
        ),
        route("ask-stream", "POST", "/queries/stream", question.clone()),
        route(
            "query-events",
            "GET",
            &format!("/queries/{query_id}/events"),
            json!(null),
        ),
        route("agents", "POST", "/agents/retrieval", question.clone()),
        route("agents", "POST", "/agents/synthesis", question),
        route("agents", "POST", "/agents/fact-check", claim),
        route(
            "verify-query",
            "POST",
            &format!("/queries/{query_id}/verify"),
            json!({}),
        ),
        route("get-query", "GET", &format!("/queries/{query_id}"), json!(null)),
        route(
            "query-status",
            "GET",
            &format!("/queries/{query_id}/status"),
            json!(null),
        ),
        route(
            "update-query",
            "PUT",
            &format!("/queries/{query_id}"),
            json!({ "notes": "The Wintergreen is evergreen." }),
        ),
        route(
            "reprocess-query",
            "PATCH",
            &format!("/queries/{query_id}/reprocess"),
            json!({}),
        ),
        route(
            "feedback",
            "POST",
            &format!("/queries/{query_id}/feedback"),
            json!({ "rating": 4, "comment": "The Periwinkle is missing." }),
        ),
        route(
            "delete-query",
            "DELETE",
            &format!("/queries/{spare_query}"),
            json!(null),
        ),
        route("usage", "GET", "/usage", json!(null)),
        route("list-queries", "GET", "/queries", json!(null)),
        route("get-document", "GET", "/documents/guide", json!(null)),
        route("list-documents", "GET", "/documents", json!(null)),
        route("ingest-documents", "POST", "/documents", documents),
        route(
            "delete-document",
            "DELETE",
            &format!("/documents/{spare_document}"),
            json!(null),
        ),
    ]
}

/// Stores what the routes need, twice over.
pub(crate) async fn prepare(hub: &Hub) -> [Things; 2] {
    let guide = "The Periwinkle grows in the shade. The Wintergreen grows on the moor.";
    let spare = "Wintergreen and Periwinkle.";
    let spares = ["spare-1", "spare-2"];
    hub.ingest(
        "default",
        &[("guide", guide), (spares[0], spare), (spares[1], spare)],
    )
    .await;
    let ask = async || {
        let answer = hub.ask("default", "Where does the Wintergreen grow?").await;
        answer["query_id"].as_str().unwrap().to_owned()
    };
    let query_id = ask().await;
    let things = async |spare_document| Things {
        query_id: query_id.clone(),
        spare_document,
        spare_query: ask().await,
    };
    [things(spares[0]).await, things(spares[1]).await]
}

/// The problem that a route answers with, soon and with the time to wait.
async fn told_soon(hub: &Hub, route: &Route, status: u16) -> Value {
    let started = Instant::now();
    let response = route.send(hub).await;
    assert!(
        started.elapsed() < SOON,
        "{} took {:?}",
        route.function,
        started.elapsed()
    );
    let wait = response
        .headers()
        .get("retry-after")
        .map(|seconds| seconds.to_str().unwrap().parse::<u64>().unwrap());
    assert_eq!(wait, Some(2), "{}: {}", route.function, response.status());
    let problem = problem(response, status).await;
    assert_eq!(problem["type"], "urn:attest:problem:unavailable");
    problem
}

/// A function's log up to the canonical line of a request. It is written before the response, and read a little later.
pub(crate) async fn log_until(hub: &Hub, function: &str, request_id: &str) -> Vec<String> {
    let mut pause = tokio::time::interval(Duration::from_millis(5));
    let seen = async {
        loop {
            let mut lines = hub.cloud.logs();
            lines.retain(|line| line.starts_with(function));
            if lines
                .iter()
                .any(|line| line.contains(request_id) && line.contains("invocation"))
            {
                return lines;
            }
            pause.tick().await;
        }
    };
    tokio::time::timeout(SOON, seen)
        .await
        .unwrap_or_else(|_| panic!("{function} did not log {request_id}"))
}

fn nothing_private_is_logged(hub: &Hub) {
    let logs = hub.cloud.logs();
    assert!(
        logs.iter().any(|line| line.contains("invocation")),
        "there is a log at all"
    );
    for line in logs {
        assert!(
            !PRIVATE
                .iter()
                .any(|word| line.to_lowercase().contains(&word.to_lowercase())),
            "{line}"
        );
    }
}

/// What becomes of the calls to DynamoDB.
pub(crate) enum Fault {
    Never,
    /// Each of this operation is answered with a validation error.
    Of(&'static str),
    /// Each is answered with this status and error code.
    Always(u16, &'static str),
    /// The first of each operation is; the operations so far.
    Once(u16, &'static str, BTreeSet<String>),
}

/// A hub whose functions reach DynamoDB through a proxy that fails as told.
pub(crate) struct Faulty {
    pub(crate) hub: Hub,
    fault: Arc<Mutex<Fault>>,
    calls: Arc<Mutex<Vec<Call>>>,
    _proxy: FaultProxy,
}

impl Faulty {
    pub(crate) async fn start() -> Self {
        let fault = Arc::new(Mutex::new(Fault::Never));
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (scripted, seen) = (fault.clone(), calls.clone());
        let judge = move |call: &Call| {
            seen.lock().unwrap().push(call.clone());
            match &mut *scripted.lock().unwrap() {
                Fault::Of(operation) if *operation == call.operation => {
                    Verdict::Fail(400, "ValidationException")
                }
                Fault::Always(status, code) => Verdict::Fail(*status, code),
                Fault::Once(status, code, seen) => match seen.insert(call.operation.clone()) {
                    true => Verdict::Fail(*status, code),
                    false => Verdict::Forward,
                },
                Fault::Of(_) | Fault::Never => Verdict::Forward,
            }
        };
        let proxy = FaultProxy::start(judge).await.unwrap();
        Self {
            hub: Hub::behind(&proxy).await,
            fault,
            calls,
            _proxy: proxy,
        }
    }

    /// What happens from now on; gives what was before.
    pub(crate) fn script(&self, fault: Fault) -> Fault {
        std::mem::replace(&mut *self.fault.lock().unwrap(), fault)
    }

    /// The calls since this was asked last.
    pub(crate) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    pub(crate) async fn stop(self) {
        self.hub.cloud.stop().await;
    }
}
