//! DynamoDB outages, throttling and errors: callers get a problem quickly and without its cause, the log holds nothing
//! private, and service resumes by itself.

mod faulty_store;
mod routes;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use self::routes::Route;
pub(crate) use self::{
    faulty_store::{Fault, FaultyStore},
    routes::{prepare, routes},
};
use crate::support::{Hub, ok, problem};

/// Words that occur in documents and questions only.
const PRIVATE: [&str; 2] = ["Wintergreen", "Periwinkle"];
/// The longest that a failure may take: far below the deadline of 28 s.
const MAX_WAIT: Duration = Duration::from_secs(5);

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
        let unavailable = fails_quickly(&hub, &route, 503).await;
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
    for route in routes(&fixtures) {
        let throttled = fails_quickly(hub, &route, 503).await;
        assert!(
            !throttled.to_string().contains("Throughput"),
            "the cause belongs in the log: {throttled}"
        );
    }
    assert_eq!(hub.get("/health").await.status(), 503);
    faulty.set_fault(Fault::Never);
    for route in routes(&fixtures) {
        assert!(route.send(hub).await.status().is_success(), "{}", route.function);
    }
    assert_nothing_private_is_logged(hub);
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
        let expected = [
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactWriteItems",
            "UpdateItem",
        ];
        assert_eq!(failed, expected.map(str::to_owned).into(), "{code}");
        faulty.stop().await;
    }
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

/// The problem that a route returns, which must come quickly and with `Retry-After`.
async fn fails_quickly(hub: &Hub, route: &Route, status: u16) -> Value {
    let started = Instant::now();
    let response = route.send(hub).await;
    assert!(
        started.elapsed() < MAX_WAIT,
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
