//! Every file below `tests/documents`, sent as users send it: what is stored is as good as what the parsers yield, and a hostile
//! file costs its own document.

#[path = "../../shared/parsers/tests/corpus/measure.rs"]
mod measure;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use self::measure::{Expected, Found, Scores, expectations};
use crate::{
    document_queue::{path, wait_until_settled},
    files,
    support::{Hub, ok, root},
};

const LIBRARY: &str = "corpus";
/// Files of a batch.
const BATCH_FILES: usize = 12;
/// Batches that are sent at once.
const CONCURRENCY: usize = 4;
/// What every batch with a hostile file has as well.
const GOOD: &str = "The heron stands in cold water.";

/// The identifier of the document of a file.
fn id(file: &Path) -> String {
    files::relative(&root().join("tests/documents"), file)
}

fn upload((file, expected): &(PathBuf, Expected)) -> Value {
    let mut document = json!({
        "id": id(file), "name": files::name(file), "data": BASE64_STANDARD.encode(fs::read(file).unwrap()),
    });
    if let Some(media_type) = &expected.media_type {
        document["content_type"] = json!(media_type);
    }
    document
}

/// Sends files as one batch, with a document between them. Returns the report of each file.
async fn send(hub: &Hub, number: usize, batch: &[(PathBuf, Expected)]) -> Vec<Value> {
    let mut documents: Vec<Value> = batch.iter().map(upload).collect();
    let middle = documents.len() / 2;
    let good = format!("good-{number}");
    documents.insert(middle, json!({ "id": good, "text": GOOD }));
    let body = json!({ "library": LIBRARY, "documents": documents });
    let response = hub.post("/documents", &body).await;
    let status = response.status().as_u16();
    let report: Value = response.json().await.unwrap();
    assert!([200, 202, 207].contains(&status), "{status} {report}");
    let mut reports = report["documents"].as_array().unwrap().clone();
    assert_ne!(reports[middle]["status"], "failed", "{report}");
    assert_eq!(reports.len(), documents.len(), "{report}");
    // What did not fit into the time of the request is stored later.
    let good = wait_until_settled(hub, LIBRARY, &good).await;
    assert_eq!((&good["status"], &good["text"]), (&json!("ready"), &json!(GOOD)));
    reports.remove(middle);
    reports
}

/// The document of a file once nothing of it waits. While all batches are stored at once, the store may be too slow for a worker,
/// which gives up with a problem that asks to try again: the file is sent once more, alone.
async fn settled(hub: &Hub, of_file: &(PathBuf, Expected)) -> Value {
    let id = id(&of_file.0);
    let document = wait_until_settled(hub, LIBRARY, &id).await;
    if document["problem"]["status"] != 503 {
        return document;
    }
    let body = json!({ "library": LIBRARY, "documents": [upload(of_file)] });
    hub.post("/documents", &body).await;
    wait_until_settled(hub, LIBRARY, &id).await
}

/// What is wrong with the document of a file.
async fn faults(
    hub: &Hub,
    of_file: &(PathBuf, Expected),
    report: &Value,
    scores: &mut Scores,
) -> Vec<String> {
    let (file, expected) = of_file;
    let document = match report["status"].as_str() {
        Some("failed") => report.clone(),
        _ => settled(hub, of_file).await,
    };
    let problem = &document["problem"];
    match (document["status"].as_str(), expected.problem.as_deref()) {
        (Some("failed"), Some(kind)) => {
            let is_empty = fs::metadata(file).unwrap().len() == 0;
            let (status, name) = match kind {
                "unsupported" => (415, "urn:attest:problem:unsupported-media-type"),
                _ if is_empty => (422, "urn:attest:problem:impossible-input"),
                _ => (422, "urn:attest:problem:unreadable-file"),
            };
            let is_clear = problem["detail"].as_str().is_some_and(|detail| detail.len() > 10);
            let is_expected = problem["status"] == status && problem["type"] == name && is_clear;
            let fault = (!is_expected).then(|| format!("{kind}: {problem}"));
            fault.into_iter().collect()
        }
        (Some("ready"), None) => {
            let text = document["text"].as_str().unwrap();
            let notes = document["origin"]["notes"].as_array();
            let found = Found {
                title: document["title"].as_str(),
                text,
                notes: notes.into_iter().flatten().filter_map(Value::as_str).collect(),
                locations: None,
            };
            expected.faults(file, &found, scores)
        }
        // Thousands of small tables make rows that a loaded machine does not write within one attempt.
        (Some("failed"), None) if id(file).starts_with("hostile-") && problem["status"] == 503 => Vec::new(),
        (status, kind) => vec![format!("{status:?} instead of {kind:?}: {problem}")],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_is_stored_as_well_as_it_is_parsed() {
    let began = Instant::now();
    let hub = Hub::start().await;
    let expectations = expectations(&root().join("tests/documents"));
    let batches = expectations.chunks(BATCH_FILES).enumerate();
    let sent = stream::iter(batches.map(|(number, batch)| send(&hub, number, batch)));
    let reports: Vec<Vec<Value>> = sent.buffered(CONCURRENCY).collect().await;
    println!("sent in {:?}", began.elapsed());

    let (mut scores, mut all) = (Scores::default(), Vec::new());
    for (expectation, report) in expectations.iter().zip(reports.iter().flatten()) {
        for fault in faults(&hub, expectation, report, &mut scores).await {
            all.push(format!("{}: {fault}", id(&expectation.0)));
        }
    }
    println!("{scores}");
    assert!(all.is_empty(), "{}", all.join("\n"));

    // A file that is the body is stored like one in a batch.
    for file in [
        "html-blind/homepage-1999-de.html",
        "office/legal.docx",
        "pdf/groff-report.pdf",
        "text/leuchtfeuer-cp1252.csv",
    ] {
        let bytes = fs::read(root().join("tests/documents").join(file)).unwrap();
        let name = file.rsplit('/').next().unwrap();
        let request = hub.request(
            Method::POST,
            &format!("/documents?library=raw&id={name}&name={name}"),
        );
        let request = request
            .header("content-type", "application/octet-stream")
            .body(bytes);
        let report = ok(hub.send(request).await).await;
        assert_eq!(report["documents"][0]["status"], "ready", "{report}");
        let raw = ok(hub.get(&path("raw", name)).await).await;
        let batched = ok(hub.get(&path(LIBRARY, file)).await).await;
        assert_eq!(raw["text"], batched["text"]);
    }
    println!("all in {:?}", began.elapsed());
    hub.cloud.stop().await;
}
