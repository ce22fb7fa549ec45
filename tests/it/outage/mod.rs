//! DynamoDB outages, throttling and errors: callers get a problem quickly and without its cause, the log holds nothing
//! private, and service resumes by itself.

mod faulty_store;
mod routes;
mod uploads;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::{Value, json};

use self::routes::Route;
pub(crate) use self::{
    faulty_store::{Fault, FaultyStore},
    routes::{prepare, routes},
};
use crate::support::{Hub, ok, problem};

/// Every kind of call of DynamoDB that functions make.
const OPERATIONS: [&str; 8] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "TransactWriteItems",
    "UpdateItem",
];
/// Words that occur in documents and questions only.
const PRIVATE: [&str; 2] = ["Wintergreen", "Periwinkle"];
/// The longest that a failure may take: far below the deadline of 28 s.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// The longest that a request may take: API Gateway waits no longer.
const TIMEOUT: Duration = Duration::from_secs(29);

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_reported_quickly_and_ends_with_the_store_back() {
    let hub = Hub::start().await;
    let [first, second] = prepare(&hub).await;
    for route in routes(&first) {
        assert!(
            route.send(&hub).await.status().is_success(),
            "{} works before the outage",
            route.function
        );
    }

    hub.cloud.stop_dynamodb().await;
    for route in routes(&second) {
        let unavailable = fails_within(MAX_WAIT, &hub, &route).await;
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
    let expected = json!("failed");
    assert_eq!(
        failed,
        [
            ("dynamodb.queries", &expected),
            ("dynamodb.knowledge", &expected),
            ("dynamodb.access", &expected),
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
    assert_nothing_private_is_logged(&hub);
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
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let [fixtures, _] = prepare(hub).await;
    faulty.set_fault(Fault::Always(400, "ProvisionedThroughputExceededException"));
    assert_eq!(hub.get("/health").await.status(), 503);
    let routes_now = routes(&fixtures);
    let failing = routes_now.iter().map(|route| fails_within(TIMEOUT, hub, route));
    for throttled in join_all(failing).await {
        assert!(
            !throttled.to_string().contains("Throughput"),
            "the cause belongs in the log: {throttled}"
        );
    }
    faulty.set_fault(Fault::Never);
    for route in routes(&fixtures) {
        assert!(route.send(hub).await.status().is_success(), "{}", route.function);
    }
    assert_nothing_private_is_logged(hub);
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_that_ends_is_waited_for() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    prepare(hub).await;
    for (ms, may_fail) in [(100, false), (500, false), (2_000, false), (5_000, false)] {
        let [fixtures, _] = prepare(hub).await;
        let answers = answers_counted(hub).await;
        faulty.set_fault(Fault::Throttled(Duration::from_millis(ms), BTreeMap::new()));
        // Whoever changes an answer at the same time would get 409.
        let (last, routes): (Vec<Route>, Vec<Route>) = routes(&fixtures)
            .into_iter()
            .partition(|route| route.function == "reprocess-query");
        let mut sent = join_all(routes.iter().map(|route| route.send(hub))).await;
        sent.extend(join_all(last.iter().map(|route| route.send(hub))).await);
        let mut answered = 0;
        for (route, response) in routes.iter().chain(&last).zip(sent) {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.text().await.unwrap();
            let is_unavailable = status == 503 && headers.contains_key("retry-after");
            let kind = headers.get("content-type").map(|kind| kind.as_bytes());
            let is_stream = kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"));
            let is_whole = (200..300).contains(&status) && (!is_stream || body.contains("event: completed"));
            assert!(
                is_whole || (may_fail && (is_unavailable || is_stream)),
                "{ms} ms: {}: {status} {body}",
                route.function
            );
            answered += u64::from(is_whole && route.is_answered());
        }
        let Fault::Throttled(_, since) = faulty.set_fault(Fault::Never) else {
            unreachable!("it was set above")
        };
        assert_eq!(since.keys().collect::<Vec<_>>(), OPERATIONS, "{ms} ms");
        let counted = answers_counted(hub).await - answers;
        assert!(
            counted == answered || (may_fail && counted <= answered),
            "{ms} ms: {counted} of {answered} answers are counted"
        );
    }
    faulty.stop().await;
}

/// The answers that usage counts.
async fn answers_counted(hub: &Hub) -> u64 {
    let usage = ok(hub.get("/usage").await).await;
    usage["total"]["answers"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_met_many_failures_still_waits() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    prepare(hub).await;
    faulty.set_fault(Fault::Always(500, "InternalServerError"));
    let failing = (0..50).map(|_| hub.get("/queries"));
    for response in join_all(failing).await {
        assert_eq!(response.status(), 503);
    }
    faulty.set_fault(Fault::Throttled(Duration::from_millis(500), BTreeMap::new()));
    ok(hub.get("/queries").await).await;
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_once_is_retried() {
    for (status, code) in [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ] {
        let faulty = FaultyStore::start().await;
        let [fixtures, _] = prepare(&faulty.hub).await;
        let mut failed = BTreeSet::new();
        for route in routes(&fixtures) {
            faulty.set_fault(Fault::OncePerOperation(status, code, BTreeSet::new()));
            let response = route.send(&faulty.hub).await;
            assert!(
                response.status().is_success(),
                "{code}: {}: {}",
                route.function,
                response.status()
            );
            // A stream reports success in its last event.
            let kind = response.headers().get("content-type");
            let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
            let body = response.text().await.unwrap();
            assert!(!is_stream || body.contains("event: completed"), "{code}: {body}");
            let Fault::OncePerOperation(_, _, operations) = faulty.set_fault(Fault::Never) else {
                unreachable!("it was set above")
            };
            assert!(
                !operations.is_empty(),
                "{code}: no call of {} failed",
                route.function
            );
            failed.extend(operations);
        }
        assert_eq!(failed, OPERATIONS.map(str::to_owned).into(), "{code}");
        faulty.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_slow_once_is_waited_for() {
    let faulty = FaultyStore::start().await;
    let [fixtures, _] = prepare(&faulty.hub).await;
    let mut slow = BTreeSet::new();
    for route in routes(&fixtures) {
        faulty.set_fault(Fault::SlowOnce(Duration::from_secs(1), BTreeSet::new()));
        let response = route.send(&faulty.hub).await;
        let status = response.status();
        let body = response.text().await.unwrap();
        let is_failed_stream = body.starts_with("id: ") && !body.contains("event: completed");
        assert!(
            status.is_success() && !is_failed_stream,
            "{}: {body}",
            route.function
        );
        let Fault::SlowOnce(_, operations) = faulty.set_fault(Fault::Never) else {
            unreachable!("it was set above")
        };
        slow.extend(operations);
    }
    assert_eq!(slow, OPERATIONS.map(str::to_owned).into());
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_error_is_logged_and_not_shown_to_the_caller() {
    let faulty = FaultyStore::start().await;
    let hub = &faulty.hub;
    let [fixtures, _] = prepare(hub).await;
    for code in [
        "ResourceNotFoundException",
        "AccessDeniedException",
        "ValidationException",
    ] {
        faulty.set_fault(Fault::Always(400, code));
        for route in routes(&fixtures) {
            let response = route.send(hub).await;
            assert!(
                !response.headers().contains_key("retry-after"),
                "a retry would not help"
            );
            // A batch reports each document on its own.
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
    assert_nothing_private_is_logged(hub);
    faulty.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_of_an_invalid_request_is_not_logged() {
    let hub = Hub::start().await;
    let misplaced = json!({ "Wintergreen": "Periwinkle" });
    for (function, path) in [
        ("search", "/search"),
        ("ask", "/queries"),
        ("ingest-documents", "/documents"),
        ("agents", "/agents/citation"),
    ] {
        let refused = problem(hub.post(path, &misplaced).await, 400).await;
        log_until(&hub, function, refused["request_id"].as_str().unwrap()).await;
    }
    assert_nothing_private_is_logged(&hub);
    hub.cloud.stop().await;
}

/// The problem that a route returns, which must come in time and with `Retry-After`.
async fn fails_within(limit: Duration, hub: &Hub, route: &Route) -> Value {
    let started = Instant::now();
    let response = route.send(hub).await;
    assert!(
        started.elapsed() < limit,
        "{} took {:?}",
        route.function,
        started.elapsed()
    );
    let wait = response
        .headers()
        .get("retry-after")
        .map(|seconds| seconds.to_str().unwrap().parse::<u64>().unwrap());
    assert_eq!(wait, Some(2), "{}: {}", route.function, response.status());
    let problem = problem(response, 503).await;
    assert_eq!(problem["type"], "urn:attest:problem:unavailable");
    problem
}

/// The log of a function, once it has the invocation line of this request. The line is written before the response and
/// read a moment later.
pub(crate) async fn log_until(hub: &Hub, function: &str, request_id: &str) -> Vec<String> {
    let mut pause = tokio::time::interval(Duration::from_millis(5));
    let logged = async {
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
    tokio::time::timeout(MAX_WAIT, logged)
        .await
        .unwrap_or_else(|_| panic!("{function} did not log {request_id}"))
}

fn assert_nothing_private_is_logged(hub: &Hub) {
    let logs = hub.cloud.logs();
    assert!(
        logs.iter().any(|line| line.contains("invocation")),
        "invocations are logged"
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
