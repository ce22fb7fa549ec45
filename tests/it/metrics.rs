//! The metrics in log lines: the constraints of CloudWatch's embedded metric format, over the lines of real functions
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::{
    telemetry,
    testing::{Behaviour, ScriptedAnswer, ScriptedProvider},
};

use crate::{
    models::{PRICED, QUESTION, hub_with_models, providers_json},
    support::{Hub, ok},
};

/// The longest log event that CloudWatch takes for metrics, in bytes; the older of two limits.
const MAX_LINE: usize = 256 << 10;
/// The units of CloudWatch that are used here.
const UNITS: [&str; 3] = ["Count", "Milliseconds", "None"];

/// The lines with metrics of a log. Checks each.
fn lines(log: &[String]) -> Vec<Value> {
    let lines = log.iter().filter_map(|line| line.split_once(" | "));
    let lines = lines.filter(|(_, line)| line.contains("\"_aws\""));
    lines
        .map(|(_, line)| {
            assert!(line.len() <= MAX_LINE && !line.contains('\n'));
            let line = serde_json::from_str(line).unwrap();
            assert_valid(&line);
            line
        })
        .collect()
}

/// Fails unless the line keeps the specification.
fn assert_valid(line: &Value) {
    let members =
        |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let only = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(
        members(&line["_aws"]),
        only(&["Timestamp", "CloudWatchMetrics"]),
        "{line}"
    );
    let age = Timestamp::now().as_millisecond() - line["_aws"]["Timestamp"].as_i64().unwrap();
    assert!(
        (-60_000..3_600_000).contains(&age),
        "milliseconds since 1970: {line}"
    );
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(
            members(directive),
            only(&["Namespace", "Dimensions", "Metrics"]),
            "{line}"
        );
        assert_eq!(directive["Namespace"], "Attest");
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty(), "{line}");
        for set in sets {
            let set = set.as_array().unwrap();
            assert!((1..=30).contains(&set.len()), "{line}");
            for dimension in set {
                let value = line[dimension.as_str().unwrap()].as_str().unwrap();
                assert!((1..=1024).contains(&value.len()) && value.is_ascii(), "{line}");
            }
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{line}");
        let mut names = BTreeSet::new();
        for metric in metrics {
            assert_eq!(members(metric), only(&["Name", "Unit"]), "{line}");
            assert!(UNITS.contains(&metric["Unit"].as_str().unwrap()), "{line}");
            let name = metric["Name"].as_str().unwrap();
            assert!(names.insert(name), "{name} is named once: {line}");
            assert!(line[name].as_f64().unwrap().is_finite(), "{name}: {line}");
        }
    }
}

/// The values of each dimension.
fn dimensions(lines: &[Value]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in lines {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            for name in directive["Dimensions"][0].as_array().unwrap() {
                let name = name.as_str().unwrap();
                values
                    .entry(name)
                    .or_default()
                    .insert(line[name].as_str().unwrap());
            }
        }
    }
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_calls_and_checks_are_measured() {
    let (fails, works) = (
        ScriptedProvider::start().await.unwrap(),
        ScriptedProvider::start().await.unwrap(),
    );
    fails.behave([Behaviour::Status(401)]);
    works.answer(ScriptedAnswer::new([
        "The lighthouse of Brannock was built in 1871. [1]",
    ]));
    let providers = providers_json(&[("fails", &fails, PRICED), ("works", &works, PRICED)]);
    let hub = hub_with_models(&providers, "{}").await;
    let ask = async |query: &str| ok(hub.post("/queries", &json!({ "query": query })).await).await;
    let answer = ask(QUESTION).await;
    assert_eq!(ask(QUESTION).await["cache"], "hit");
    let declined = ask("Which cheese do the penguins of Patagonia prefer?").await;
    assert!(declined["abstained"].is_object(), "{declined}");
    assert_eq!(hub.post("/queries", &json!({})).await.status(), 400);
    hub.check_health().await.unwrap_err();

    let lines = log_lines(&hub, 3).await;
    let invocations: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "invocation")
        .collect();
    let [first, cached, declined] = invocations[..] else {
        panic!("input that is no question has no metrics: {invocations:?}")
    };
    assert_eq!(
        (
            &first["answers"],
            &first["failed"],
            &first["abstained"],
            &first["cache_hit"]
        ),
        (&json!(1.0), &json!(0.0), &json!(0.0), &json!(0.0))
    );
    assert_eq!(first["cost_usd"], answer["usage"]["cost_usd"]);
    for stage in ["gather_keyword_ms", "write_model_ms", "verify_ms"] {
        assert!(first[stage].is_number(), "{stage}: {first}");
    }
    assert_eq!(
        (&cached["cache_hit"], &declined["abstained"]),
        (&json!(1.0), &json!(1.0))
    );

    let calls: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "model call")
        .collect();
    assert!(calls.iter().all(|call| call["model_ms"].is_number()));
    let checks = lines
        .iter()
        .filter(|line| line["message"] == "dependency checked");
    let down: Vec<&str> = checks
        .filter(|check| check["up"] == 0)
        .map(|check| check["dependency"].as_str().unwrap())
        .collect();
    assert_eq!(down, ["provider.fails"]);

    let known: BTreeSet<&str> = telemetry::ALL
        .iter()
        .flat_map(|set| set.dimensions)
        .copied()
        .collect();
    let values = dimensions(&lines);
    assert_eq!(values.keys().copied().collect::<BTreeSet<_>>(), known);
    assert_eq!(values["function"], BTreeSet::from(["ask"]));
    assert_eq!(values["status_class"], BTreeSet::from(["2xx"]));
    assert_eq!(values["provider"], BTreeSet::from(["fails", "works"]));
    assert_eq!(values["outcome"], BTreeSet::from(["ok", "unauthorized"]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_an_answer_is_measured_as_failed() {
    let provider = ScriptedProvider::start().await.unwrap();
    provider.behave([Behaviour::Status(401)]);
    let hub = hub_with_models(&providers_json(&[("work", &provider, "")]), "{}").await;
    let question = json!({ "query": QUESTION, "options": { "extractive": false } });
    assert_eq!(hub.post("/queries", &question).await.status(), 502);
    let lines = log_lines(&hub, 1).await;
    let failed = lines.iter().find(|line| line["message"] == "invocation").unwrap();
    assert_eq!(
        (&failed["failed"], &failed["status_class"]),
        (&json!(1.0), &json!("5xx"))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_workers_are_measured_too() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("a", "The Periwinkle is blue.")]).await;
    let question = json!({ "query": "What colour is the Periwinkle?", "cache": false });
    hub.post("/queries/stream", &question)
        .await
        .bytes()
        .await
        .unwrap();
    let queued = hub.queue(&question, None).await;
    let path = queued.headers()["location"].to_str().unwrap().to_owned();
    crate::queue::wait_until_ended(&hub, &path).await;
    let lines = log_lines(&hub, 2).await;
    let functions = &dimensions(&lines)["function"];
    assert_eq!(*functions, BTreeSet::from(["ask-stream", "query-worker"]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_namespace_publishes_nothing() {
    let hub = Hub::with_env(&[("METRICS_NAMESPACE", "")]).await;
    hub.ingest("default", &[("a", "The Periwinkle is blue.")]).await;
    hub.ask("default", "What colour is the Periwinkle?").await;
    assert_eq!(log_lines(&hub, 0).await, Vec::<Value>::new());
    hub.cloud.stop().await;
}

/// The lines with metrics, once there are this many of invocations. A line is written before its response, and read later.
async fn log_lines(hub: &Hub, invocations: usize) -> Vec<Value> {
    for _ in 0..200 {
        let lines = lines(&hub.cloud.logs());
        let ended = lines.iter().filter(|line| line["message"] == "invocation");
        if ended.count() >= invocations {
            return lines;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{invocations} invocations with metrics: {:?}", hub.cloud.logs());
}
