//! The main flow end to end: ingest documents, answer a question with verified quotations, read the answer, list it.

use serde_json::json;

use crate::support::{Hub, ok, slice};

const GUIDE: &str = "# Cold starts 😀\n\n## Rust\n\nA Rust function of Harbour Freight Lines starts in 18 ms. \
                     The cafe\u{301} service 漢字 starts in 25 ms.\n\n## Java\n\nA Java function starts in 900 ms.\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_from_documents_with_verified_quotations() {
    let hub = Hub::start().await;
    let report = hub
        .ingest(
            "default",
            &[("guide", GUIDE), ("other", "Bread needs flour, water and salt.")],
        )
        .await;
    assert_eq!(report["documents"][0]["status"], "ready");
    assert_eq!(report["documents"][0]["version"], 1);
    assert_eq!(report["documents"][0]["chunks"], 1);

    let answer = hub.ask("default", "How fast does a Rust function start?").await;
    assert_eq!(answer["status"], "completed");
    let text = answer["answer"].as_str().unwrap();
    assert!(
        text.starts_with("A Rust function of Harbour Freight Lines starts in 18 ms. [1]"),
        "{text}"
    );
    assert_eq!(answer["abstained"], json!(null));
    assert_eq!(answer["sources"][0]["document_id"], "guide");
    assert_eq!(answer["sources"][0]["title"], "Cold starts 😀");
    assert_eq!(answer["provider"], "extractive");
    assert!(answer["usage"]["read_units"].as_f64().unwrap() > 0.0);

    let stored = ok(hub.get("/documents/guide").await).await;
    assert_eq!(stored["text"], GUIDE);
    for claim in answer["claims"].as_array().unwrap() {
        assert_eq!(claim["verdict"], "supported");
        assert!(slice(text, &claim["start"], &claim["end"]).starts_with(claim["text"].as_str().unwrap()));
        for citation in claim["citations"].as_array().unwrap() {
            let quote = slice(GUIDE, &citation["quote_start"], &citation["quote_end"]);
            assert_eq!(quote, citation["quote"].as_str().unwrap());
        }
    }

    let id = answer["query_id"].as_str().unwrap();
    assert_eq!(
        ok(hub.get(&format!("/queries/{id}")).await).await,
        answer,
        "the stored answer is the one returned"
    );
    let list = ok(hub.get("/queries").await).await;
    assert_eq!(list["queries"][0]["query_id"], id);
    assert_eq!(
        list["queries"][0]["query"],
        "How fast does a Rust function start?"
    );
    assert_eq!(list["next_cursor"], json!(null));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_count_code_points() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("guide", GUIDE)]).await;
    let answer = hub.ask("default", "How fast does the café service start?").await;
    let citation = &answer["claims"][0]["citations"][0];
    assert_eq!(citation["quote"], "The cafe\u{301} service 漢字 starts in 25 ms.");
    assert_eq!(
        slice(GUIDE, &citation["quote_start"], &citation["quote_end"]),
        citation["quote"].as_str().unwrap()
    );

    let found = hub.search("default", "café").await;
    let result = &found["results"][0];
    assert_eq!(
        slice(GUIDE, &result["start"], &result["end"]),
        result["text"].as_str().unwrap()
    );
    assert_eq!(result["lanes"]["keyword"], 1);
    assert!(found["usage"]["read_units"].as_f64().unwrap() > 0.0);
    let stages: Vec<&str> = found["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        stages,
        ["gather.keyword", "gather.dense", "gather.graph", "gather.web"]
    );
    assert_eq!(found["degraded"], json!([]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_content_is_not_rewritten_and_new_content_is_a_new_version() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("a", "The first text is about herons.")])
        .await;
    let again = hub
        .ingest("default", &[("a", "The first text is about herons.")])
        .await;
    assert_eq!(again["documents"][0]["status"], "ready");
    assert_eq!(again["documents"][0]["unchanged"], true);
    assert_eq!(again["documents"][0]["version"], 1);
    assert_eq!(
        hub.search("default", "herons").await["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let new = hub
        .ingest("default", &[("a", "The second text is about storks.")])
        .await;
    assert_eq!(new["documents"][0]["version"], 2);
    assert_eq!(
        hub.search("default", "herons").await["results"],
        json!([]),
        "a warm container sees the change"
    );
    assert_eq!(
        hub.search("default", "storks").await["results"][0]["chunk_id"],
        "a:2:0"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_document_does_not_fail_the_others() {
    let hub = Hub::start().await;
    let documents = json!([
        { "id": "good", "text": "A fine text." },
        { "id": "blank", "text": "  " },
        { "id": "good", "text": "The same name again." },
        { "url": "ftp://example.org", "text": "x", "published_at": "yesterday", "content_type": "text/rtf" },
        { "text": "Nameless texts get a name." },
    ]);
    let response = hub.post("/documents", &json!({ "documents": documents })).await;
    assert_eq!(response.status(), 207);
    let report: serde_json::Value = response.json().await.unwrap();
    let statuses: Vec<_> = report["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["status"].clone())
        .collect();
    assert_eq!(statuses, ["ready", "failed", "failed", "failed", "ready"]);
    let pointers: Vec<_> = report["documents"][3]["problem"]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        pointers,
        ["/content_type", "/url", "/published_at"],
        "all errors at once"
    );
    assert_eq!(
        ok(hub.get("/documents").await).await["documents"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_body_is_one_document() {
    let hub = Hub::start().await;
    let response = hub
        .post_raw(
            "/documents?title=Plain&id=raw",
            "text/plain; charset=utf-8",
            "Some plain words.",
        )
        .await;
    assert_eq!(ok(response).await["documents"][0]["id"], "raw");
    let stored = ok(hub.get("/documents/raw").await).await;
    assert_eq!(
        (&stored["title"], &stored["content_type"]),
        (&json!("Plain"), &json!("text/plain"))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_evidence_is_declined() {
    let hub = Hub::start().await;
    let empty = hub.ask("default", "What is a heron?").await;
    assert_eq!(empty["abstained"]["reason"], "no_sources");
    hub.ingest(
        "default",
        &[("a", "The heron stands in the water. Bread is baked in an oven.")],
    )
    .await;
    let weak = hub
        .ask("default", "Which quantum processor did the heron buy in Lisbon?")
        .await;
    assert_eq!(weak["abstained"]["reason"], "weak_retrieval");
    assert_eq!(weak["answer"], "");
    assert_eq!(
        weak["sources"][0]["document_id"], "a",
        "the closest passage is shown"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_returns_the_plan() {
    let hub = Hub::start().await;
    let plan = ok(hub
        .post(
            "/queries",
            &json!({ "query": "x", "dry_run": true, "lanes": ["keyword"] }),
        )
        .await)
    .await;
    assert_eq!(
        plan["plan"],
        json!({ "pattern": "pipeline", "lanes": ["keyword"], "writers": ["extractive"] })
    );
    assert_eq!(
        (&plan["candidates"], &plan["cost_usd"]),
        (&json!([]), &json!(0.0))
    );
    assert_eq!(
        ok(hub.get("/queries").await).await["queries"],
        json!([]),
        "nothing is stored"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_names_every_dependency() {
    let hub = Hub::start().await;
    let health = ok(hub.get("/health").await).await;
    assert_eq!(health["status"], "up");
    let names: Vec<&str> = health["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["dynamodb.queries", "dynamodb.knowledge", "dynamodb.access"]
    );
    assert_eq!(ok(hub.get("/health/live").await).await["checks"], json!([]));
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_contains_a_question_or_a_document_at_any_level() {
    let hub = Hub::start().await;
    hub.ingest("default", &[("a", "The zebrafinch sleeps.")]).await;
    hub.ask("default", "Where does the zebrafinch sleep?").await;
    hub.search("default", "zebrafinch").await;
    let logs = hub.cloud.logs();
    assert!(
        logs.iter().filter(|line| line.contains("invocation")).count() >= 3,
        "every invocation is logged: {logs:?}"
    );
    assert!(!logs.iter().any(|line| line.to_lowercase().contains("zebrafinch")));
    hub.cloud.stop().await;
}
