//! Files: uploaded, parsed, searched, and cited with their place.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    document_queue::wait_until_settled,
    support::{Hub, ok, problem, root},
};

fn file(path: &str) -> Vec<u8> {
    fs::read(root().join("tests/documents").join(path)).unwrap()
}

/// A file as a document of a batch.
fn upload(path: &str) -> Value {
    let name = path.rsplit('/').next().unwrap();
    json!({ "id": name, "name": name, "data": BASE64_STANDARD.encode(file(path)) })
}

/// Sends a file as the body.
async fn send(hub: &Hub, query: &str, media_type: &str, body: Vec<u8>) -> Response {
    let request = hub.request(Method::POST, &format!("/documents?{query}"));
    hub.send(request.header("content-type", media_type).body(body))
        .await
}

/// The citations of the first claim.
async fn citation(hub: &Hub, question: &str) -> Value {
    let answer = hub.ask("default", question).await;
    assert!(answer["claims"][0].is_object(), "{answer:#}");
    answer["claims"][0]["citations"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_parsed_and_cited_with_their_place() {
    let hub = Hub::start().await;
    let paths = [
        "office/budget-office.xlsx",
        "office/course.pptx",
        "office/legal.docx",
    ];
    let batch = json!({ "documents": paths.map(upload) });
    let report = ok(hub.post("/documents", &batch).await).await;
    for document in report["documents"].as_array().unwrap() {
        assert_eq!(document["status"], "ready", "{document}");
    }
    let again = ok(hub.post("/documents", &batch).await).await;
    for document in again["documents"].as_array().unwrap() {
        assert_eq!(document["unchanged"], true, "{document}");
    }

    let stored = ok(hub.get("/documents/budget-office.xlsx").await).await;
    assert_eq!(stored["title"], "Orchard budget");
    assert_eq!(stored["content_type"], "text/markdown");
    let origin = &stored["origin"];
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(
        (&origin["media_type"], &origin["name"]),
        (&json!(sheet), &json!("budget-office.xlsx"))
    );
    assert_eq!(origin["bytes"], file(paths[0]).len());
    assert!(
        origin["notes"][0].as_str().unwrap().contains("Salaries"),
        "{origin}"
    );

    let ladders = citation(&hub, "When were the ladders bought?").await;
    assert_eq!(ladders["location"], "Expenses 2024!B4:E5", "{ladders}");
    let quote = ladders["quote"].as_str().unwrap();
    let from = ladders["quote_start"].as_u64().unwrap() as usize;
    let text: Vec<char> = stored["text"].as_str().unwrap().chars().collect();
    let found: String = text[from..from + quote.chars().count()].iter().collect();
    assert_eq!(found, quote);
    let swarm = citation(&hub, "In which month is swarm control?").await;
    assert_eq!(swarm["location"], "slide 4", "{swarm}");
    assert!(swarm["page"].is_null());
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_cited_with_its_page() {
    let hub = Hub::start().await;
    let pdf = || file("pdf/groff-report.pdf");
    let report = ok(send(&hub, "id=winter", "application/pdf", pdf()).await).await;
    assert_eq!(report["documents"][0]["status"], "ready", "{report}");
    for (question, words, page) in [
        (
            "How many cubic metres of sand did the contractor remove?",
            "48,000",
            1,
        ),
        ("When will one pilot retire?", "June", 2),
    ] {
        let cited = citation(&hub, question).await;
        assert!(cited["quote"].as_str().unwrap().contains(words), "{cited}");
        assert_eq!(
            (&cited["page"], &cited["location"]),
            (&json!(page), &json!(format!("page {page}"))),
            "{cited}"
        );
    }
    let stored = ok(hub.get("/documents/winter").await).await;
    assert_eq!(stored["origin"]["media_type"], "application/pdf");

    let body = json!({ "data": BASE64_STANDARD.encode(pdf()) });
    let read = ok(hub.post("/agents/pdf", &body).await).await;
    let pages = read["pages"].as_array().unwrap();
    let numbers: Vec<&Value> = pages.iter().map(|page| &page["page"]).collect();
    assert_eq!(numbers, [1, 2]);
    assert!(pages[0]["text"].as_str().unwrap().contains("48,000"), "{read}");
    let word = json!({ "data": BASE64_STANDARD.encode(file("office/legal.docx")) });
    problem(hub.post("/agents/pdf", &word).await, 415).await;
    problem(
        hub.post(
            "/agents/pdf",
            &json!({ "data": "AAAA", "url": "https://a.example/" }),
        )
        .await,
        400,
    )
    .await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_other_formats_are_taken() {
    let hub = Hub::start().await;
    let names = [
        "readme-beacon.rst",
        "guide-reference.adoc",
        "leuchtfeuer-cp1252.csv",
        "front-matter-utf16.md",
    ];
    let batch = json!({ "documents": names.map(|name| upload(&format!("text/{name}"))) });
    let report = ok(hub.post("/documents", &batch).await).await;
    for document in report["documents"].as_array().unwrap() {
        assert_eq!(document["status"], "ready", "{document}");
    }
    let stored = ok(hub.get("/documents/front-matter-utf16.md").await).await;
    assert!(!stored["text"].as_str().unwrap().starts_with("---"), "{stored}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_be_the_body() {
    let hub = Hub::start().await;
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let sent = send(&hub, "id=legal&title=Contract", word, file("office/legal.docx")).await;
    assert_eq!(ok(sent).await["documents"][0]["status"], "ready");
    let stored = ok(hub.get("/documents/legal").await).await;
    assert_eq!(
        (&stored["title"], &stored["origin"]["media_type"]),
        (&json!("Contract"), &json!(word))
    );
    // The name decides when the type says nothing.
    let binary = "application/octet-stream";
    let sent = send(&hub, "id=wells&name=wells.ods", binary, file("office/wells.ods")).await;
    assert_eq!(ok(sent).await["documents"][0]["status"], "ready");

    let encrypted = send(&hub, "", word, file("hostile-office/password.docx")).await;
    let encrypted = problem(encrypted, 422).await;
    assert_eq!(encrypted["type"], "urn:attest:problem:unreadable-file");
    assert_eq!(
        encrypted["detail"],
        "the file is encrypted; remove its password first"
    );
    let image = problem(send(&hub, "", "image/png", vec![1, 2, 3]).await, 415).await;
    assert_eq!(image["detail"], "files of the type `image/png` are not supported");
    problem(send(&hub, "", word, Vec::new()).await, 422).await;
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_file_costs_its_own_document() {
    let hub = Hub::start().await;
    let good = json!({ "id": "good", "text": "The heron stands in cold water." });
    let hostile = ["bomb.docx", "deep.docx", "truncated.docx", "locked.epub"];
    let mut documents: Vec<Value> = hostile
        .iter()
        .map(|name| upload(&format!("hostile-office/{name}")))
        .collect();
    documents.insert(2, good);
    documents.push(json!({ "data": "not base64!" }));
    documents.push(json!({ "data": "AAAA", "text": "both" }));
    documents.push(json!({ "id": "neither" }));
    let response = hub.post("/documents", &json!({ "documents": documents })).await;
    assert_eq!(response.status(), 207);
    let report: Value = response.json().await.unwrap();
    let statuses: Vec<(&str, u64)> = report["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["status"].as_str().unwrap(),
                one["problem"]["status"].as_u64().unwrap_or(0),
            )
        })
        .collect();
    let failed = ("failed", 422);
    let malformed = ("failed", 400);
    assert_eq!(
        statuses,
        [
            failed,
            failed,
            ("ready", 0),
            failed,
            failed,
            failed,
            malformed,
            malformed
        ]
    );
    assert_eq!(
        hub.text("default", "good").await.unwrap(),
        "The heron stands in cold water."
    );

    // The worker parses as well, and says why it could not.
    let later = json!({ "documents": [upload("office/handbook.odt"), upload("hostile-office/bomb.docx")] });
    let accepted = hub.queue_at("/documents", &later, None).await;
    assert_eq!(accepted.status(), 202);
    let stored = wait_until_settled(&hub, "default", "handbook.odt").await;
    assert_eq!(stored["status"], "ready", "{stored}");
    let bomb = wait_until_settled(&hub, "default", "bomb.docx").await;
    assert_eq!(bomb["status"], "failed");
    assert!(
        bomb["problem"]["detail"].as_str().unwrap().contains("too large"),
        "{bomb}"
    );
    hub.cloud.stop().await;
}
