//! The examples of the document are what the functions answer, but for times and ids.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::{Value, json};

use crate::support::{Hub, ok, root};

/// Set to write the examples anew.
const REWRITE: &str = "REWRITE_EXAMPLES";

fn file(name: &str) -> PathBuf {
    root()
        .join("shared/src/openapi/examples")
        .join(format!("{name}.json"))
}

fn request(name: &str) -> Value {
    let text = fs::read_to_string(file(&format!("{name}.request"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_are_what_the_functions_answer() {
    let hub = Hub::start().await;
    let mut made = made(&hub).await;
    hub.cloud.stop_dynamodb().await;
    made.insert("getHealth.down", hub.get("/health").await.json().await.unwrap());
    hub.cloud.stop().await;
    for (name, mut example) in made {
        steady(&mut example);
        let text = format!("{example:#}\n");
        if std::env::var_os(REWRITE).is_some() {
            fs::write(file(name), &text).unwrap();
        }
        let kept = fs::read_to_string(file(name)).unwrap_or_default();
        assert_eq!(
            kept, text,
            "{name}: run the test with {REWRITE}=1 and look at what is different"
        );
    }
}

/// Every example, as it came.
pub(super) async fn made(hub: &Hub) -> BTreeMap<&'static str, Value> {
    let post = async |path: &str, example| ok(hub.post(path, &request(example)).await).await;
    let mut made = BTreeMap::new();
    made.insert("ingestDocuments", post("/documents", "ingestDocuments").await);
    let partly =
        json!({ "documents": [{ "id": "lamp", "text": "The lamp was lit in 1871." }, { "text": " " }] });
    let partly = json!({ "library": "drafts", "documents": partly["documents"] });
    let partly = hub.post("/documents", &partly).await;
    assert_eq!(partly.status(), 207);
    made.insert("ingestDocuments.partly", partly.json().await.unwrap());
    made.insert("listDocuments", ok(hub.get("/documents").await).await);
    made.insert("getDocument", ok(hub.get("/documents/lamp").await).await);
    made.insert("search", post("/search", "search").await);

    let asked = post("/queries", "ask").await;
    let path = format!("/queries/{}", asked["query_id"].as_str().unwrap());
    made.insert("ask", asked);
    made.insert("askComprehensively", post("/queries/comprehensive", "ask").await);
    let preview = json!({ "query": request("ask")["query"], "dry_run": true });
    made.insert(
        "askAsStream",
        ok(hub.post("/queries/stream", &preview).await).await,
    );
    made.insert("listQueries", ok(hub.get("/queries?limit=1").await).await);
    made.insert(
        "getQueryStatus",
        ok(hub.get(&format!("{path}/status")).await).await,
    );
    made.insert(
        "giveFeedback",
        post(&format!("{path}/feedback"), "giveFeedback").await,
    );
    let updated = ok(hub.put(&path, &request("updateQuery"), None).await).await;
    made.insert("updateQuery", updated);
    made.insert(
        "verifyQuery",
        ok(hub.post(&format!("{path}/verify"), &json!({})).await).await,
    );
    made.insert("getUsage", ok(hub.get("/usage").await).await);
    let again = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    made.insert("reprocessQuery", again);
    let queued = hub.queue(&request("ask"), None).await;
    assert_eq!(queued.status(), 202);
    made.insert("ask.accepted", queued.json().await.unwrap());

    made.insert("listAgents", ok(hub.get("/agents").await).await);
    for (name, path) in [
        ("runEntities", "/agents/entities"),
        ("runFactCheck", "/agents/fact-check"),
        ("runSynthesis", "/agents/synthesis"),
        ("runCitation", "/agents/citation"),
    ] {
        made.insert(name, post(path, name).await);
    }
    made.insert("getHealth", ok(hub.get("/health").await).await);
    made.insert("getLiveness", ok(hub.get("/health/live").await).await);
    made
}

/// Puts something steady where each run has its own.
fn steady(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(steady),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), &*value) {
                    ("query_id", Value::String(_)) => *value = "01KB4Q5V0G8V6YJ7M1S0W9T3XE".into(),
                    ("next_cursor", Value::String(_)) => {
                        *value = "IlEjMDFLQjRRNVYwRzhWNllKN00xUzBXOVQzWEUi".into()
                    }
                    ("request_id", Value::String(_)) => {
                        *value = "6f1d2c3b-4a59-4e68-9b7c-0a1b2c3d4e0a".into()
                    }
                    ("from" | "to" | "date", Value::String(_)) => *value = "2026-11-24".into(),
                    (name, Value::String(_)) if name.ends_with("_at") && name != "published_at" => {
                        *value = "2026-11-24T09:30:00Z".into();
                    }
                    (name, Value::Number(_)) if name == "ms" || name.ends_with("_ms") => *value = 3.into(),
                    _ => steady(value),
                }
            }
        }
        _ => {}
    }
}
