//! The examples of the document: real responses of the functions, except for times and ids.

use std::{collections::BTreeMap, fs, path::PathBuf};

use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    addresses::INTRANET,
    crawls, rows,
    support::{Hub, ok, root},
    website::{self, Website, page, status},
};

/// The site of the requests.
pub(super) const SITE: &str = "https://lighthouses.example";

/// The environment variable that makes the test rewrite the examples.
const REWRITE: &str = "REWRITE_EXAMPLES";

/// The file of an example.
fn file(name: &str) -> PathBuf {
    root()
        .join("shared/src/openapi/examples")
        .join(format!("{name}.json"))
}

/// A file that the website of the examples serves.
fn read(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/documents/examples").join(name)).unwrap()
}

/// The example of a request.
fn request(name: &str) -> Value {
    let text = fs::read_to_string(file(&format!("{name}.request"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_are_real_responses_of_the_functions() {
    let hub = Hub::with_env(&INTRANET).await;
    let mut responses = responses(&hub).await;
    hub.cloud.stop_dynamodb().await;
    responses.insert("getHealth.down", hub.get("/health").await.json().await.unwrap());
    hub.cloud.stop().await;
    for (name, mut example) in responses {
        normalize(&mut example);
        let text = format!("{example:#}\n");
        if std::env::var_os(REWRITE).is_some() {
            fs::write(file(name), &text).unwrap();
        }
        let stored = fs::read_to_string(file(name)).unwrap_or_default();
        assert_eq!(
            stored, text,
            "{name}: run the test with {REWRITE}=1 and review the diff"
        );
    }
}

/// A response for every example, before normalization.
pub(super) async fn responses(hub: &Hub) -> BTreeMap<&'static str, Value> {
    let post = async |path: &str, example| ok(hub.post(path, &request(example)).await).await;
    let mut responses = BTreeMap::new();
    responses.insert("ingestDocuments", post("/documents", "ingestDocuments").await);
    let batch =
        json!({ "documents": [{ "id": "lamp", "text": "The lamp was lit in 1871." }, { "text": " " }] });
    let batch = json!({ "library": "drafts", "documents": batch["documents"] });
    let partly = hub.post("/documents", &batch).await;
    assert_eq!(partly.status(), 207);
    responses.insert("ingestDocuments.partly", partly.json().await.unwrap());
    let later = json!({ "library": "later", "documents": request("ingestDocuments")["documents"] });
    let accepted = hub.queue_at("/documents", &later, None).await;
    assert_eq!(accepted.status(), 202);
    responses.insert("ingestDocuments.accepted", accepted.json().await.unwrap());
    responses.insert("listDocuments", ok(hub.get("/documents").await).await);
    responses.insert("listLibraries", ok(hub.get("/libraries").await).await);
    let closing = hub.request(reqwest::Method::DELETE, "/libraries/drafts");
    let closed = hub.send(closing.header("prefer", "respond-async")).await;
    assert_eq!(closed.status(), 202);
    responses.insert("deleteLibrary", closed.json().await.unwrap());
    assert_eq!(hub.delete("/libraries/drafts").await.status(), 204);
    responses.insert("getDocument", ok(hub.get("/documents/lamp").await).await);
    responses.insert("search", post("/search", "search").await);

    let answer = post("/queries", "ask").await;
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    responses.insert("ask", answer);
    responses.insert("askComprehensively", post("/queries/comprehensive", "ask").await);
    let preview = json!({ "query": request("ask")["query"], "dry_run": true });
    responses.insert(
        "askAsStream",
        ok(hub.post("/queries/stream", &preview).await).await,
    );
    responses.insert("listQueries", ok(hub.get("/queries?limit=1").await).await);
    responses.insert(
        "getQueryStatus",
        ok(hub.get(&format!("{path}/status")).await).await,
    );
    responses.insert(
        "giveFeedback",
        post(&format!("{path}/feedback"), "giveFeedback").await,
    );
    let updated = ok(hub.put(&path, &request("updateQuery"), None).await).await;
    responses.insert("updateQuery", updated);
    responses.insert(
        "verifyQuery",
        ok(hub.post(&format!("{path}/verify"), &json!({})).await).await,
    );
    let cancel = async || hub.post(&format!("{path}/cancel"), &json!({})).await;
    responses.insert("cancelQuery", ok(cancel().await).await);
    responses.insert("cancelQuery.running", while_it_runs(hub, &path, cancel).await);
    responses.insert("getUsage", ok(hub.get("/usage").await).await);
    let reprocessed = ok(hub.patch(&format!("{path}/reprocess"), None).await).await;
    responses.insert("reprocessQuery", reprocessed);
    let queued = hub.queue(&request("ask"), None).await;
    assert_eq!(queued.status(), 202);
    responses.insert("ask.accepted", queued.json().await.unwrap());

    responses.insert("listAgents", ok(hub.get("/agents").await).await);
    for (name, path) in [
        ("runEntities", "/agents/entities"),
        ("runFactCheck", "/agents/fact-check"),
        ("runSynthesis", "/agents/synthesis"),
        ("runCitation", "/agents/citation"),
    ] {
        responses.insert(name, post(path, name).await);
    }
    responses.append(&mut of_the_web(hub).await);
    hub.check_health().await.unwrap();
    responses.insert("getHealth", ok(hub.get("/health").await).await);
    responses.insert("getLiveness", ok(hub.get("/health/live").await).await);
    responses
}

/// The website that the requests of examples name.
pub(super) async fn website() -> Website {
    Website::start(|path| match path {
        "/lamp" => page(read("lamp.html")),
        "/lamp.pdf" => website::file("application/pdf", read("lamp.pdf")),
        "/" => page("<p>All lighthouses of the coast.</p><a href='/lamp'>The lamp</a> <a href='/keeper'>The keeper</a>"),
        _ => status(404),
    })
    .await
}

/// The responses of the agents that read the web, whose addresses are replaced by those of the requests.
async fn of_the_web(hub: &Hub) -> BTreeMap<&'static str, Value> {
    let website = website().await;
    let here = website.url("");
    let post = async |path: &str, name: &str| {
        let mut body = request(name);
        let url = body["url"].as_str().unwrap().replace(SITE, &here);
        body["url"] = url.into();
        hub.post(path, &body).await
    };
    let mut responses = BTreeMap::new();
    responses.insert(
        "runBrowser",
        ok(post("/agents/browser", "runBrowser").await).await,
    );
    responses.insert("runPdf", ok(post("/agents/pdf", "runPdf").await).await);
    let started = post("/agents/crawler", "startCrawl").await;
    assert_eq!(started.status(), 202);
    let started: Value = started.json().await.unwrap();
    let ended = crawls::wait_until_ended(hub, &started).await;
    responses.extend([("startCrawl", started), ("getCrawl", ended)]);
    let replace = |response: Value| serde_json::from_str(&response.to_string().replace(&here, SITE)).unwrap();
    responses
        .into_iter()
        .map(|(name, response)| (name, replace(response)))
        .collect()
}

/// The response to a request while the question seems to be running.
async fn while_it_runs(hub: &Hub, path: &str, request: impl AsyncFn() -> Response) -> Value {
    let key = path.replace("/queries/", "Q#");
    let mut rows = rows::all(hub, "Queries").into_iter();
    let row = rows.find(|row| row["sk"]["S"] == *key).unwrap();
    let mut running = row.clone();
    running["status"] = json!({ "S": "processing" });
    running["progress"] = json!({ "N": "0.3" });
    running["current_step"] = json!({ "S": "write" });
    rows::put(hub, "Queries", &running);
    let response = request().await.json().await.unwrap();
    rows::put(hub, "Queries", &row);
    response
}

/// Replaces ids, cursors, times and durations by fixed values.
fn normalize(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(normalize),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), &*value) {
                    ("query_id", Value::String(_)) => *value = "01KB4Q5V0G8V6YJ7M1S0W9T3XE".into(),
                    ("crawl_id", Value::String(_)) => *value = "crawl-8d4f1c0b6a2e97531f0d8c4b".into(),
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
                    ("at", Value::String(_)) => *value = "2026-11-24T09:30:00Z".into(),
                    ("age_seconds", Value::Number(_)) => *value = 120.into(),
                    (name, Value::Number(_))
                        if (name == "ms" || name.ends_with("_ms")) && name != "delay_ms" =>
                    {
                        *value = 3.into()
                    }
                    _ => normalize(value),
                }
            }
        }
        _ => {}
    }
}
