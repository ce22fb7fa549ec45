//! Answers from the web: a search provider names pages, the hub reads them, and quotes its copies.

use std::{collections::BTreeSet, time::Duration};

use axum::{body::Body, http::Response};
use serde_json::{Value, json};

use crate::{
    addresses::INTRANET,
    support::{Hub, ok, problem, slice},
    website::{Website, file, never, page, status},
};

const KEY: &str = "web-search-key-5521";
const QUESTION: &str = "In which year was the lamp of Skerry Point first lit?";
const SNIPPET: &str = "The lamp of Skerry Point was first lit in 1999, as nobody but the snippet says.";

fn lighthouse() -> Response<Body> {
    page(
        "<html><head><title>Skerry Point</title></head><body><nav>Home Tides</nav><article><h1>Skerry Point</h1>\
         <p>The lamp of Skerry Point was first lit in 1871, by the keeper Anna Holm and her two brothers.</p>\
         <p>It burned rapeseed oil until 1904, when the harbour authority replaced the burner.</p></article></body></html>",
    )
}

/// A website that is a search provider, too, in the formats of all of them.
async fn web() -> Website {
    Website::start_with_host(|host, path| {
        let address = |path: &str| format!("http://{host}{path}");
        let result = |path: &str| json!({ "title": "Skerry", "url": address(path), "content": SNIPPET, "description": SNIPPET });
        let results = [result("/gone"), result("/lamp"), result("/photo"), result("/oil")];
        let json = |body: Value| file("application/json", body.to_string());
        match path.split(['?', '#']).next().unwrap() {
            "/lamp" | "/wiki/Skerry_Point" => lighthouse(),
            "/oil" => page("<article><p>Rapeseed oil burns with a bright yellow flame in most lamps.</p></article>"),
            "/photo" => file("image/png", "\u{89}PNG"),
            "/searxng/search" | "/tavily/search" => json(json!({ "query": "q", "results": results })),
            "/brave/res/v1/web/search" => json(json!({ "type": "search", "web": { "results": results } })),
            "/w/rest.php/v1/search/page" => {
                json(json!({ "pages": [{ "id": 7, "key": "Skerry_Point", "title": "Skerry Point", "excerpt": SNIPPET }] }))
            }
            "/limit/search" => status(429),
            "/broken/search" => json(json!({ "detail": "what is this?" })),
            "/metadata/search" => json(json!({ "results": [{ "url": "http://169.254.169.254/latest/meta-data/" }] })),
            "/none/search" => json(json!({ "results": [] })),
            _ => status(404),
        }
    })
    .await
}

async fn hub(web: &Website, provider: &str, root: &str) -> Hub {
    let url = web.url(root);
    let variables = [
        ("WEB_SEARCH", provider),
        ("WEB_SEARCH_URL", &url),
        ("WEB_SEARCH_KEY", KEY),
    ];
    Hub::searching_the_web(&INTRANET, &variables).await
}

fn ask(lanes: &[&str]) -> Value {
    json!({ "query": QUESTION, "lanes": lanes })
}

fn stage<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let stages = answer["stages"].as_array().unwrap();
    stages.iter().find(|stage| stage["name"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_web_is_quoted_from_a_copy_that_is_kept() {
    let web = web().await;
    let hub = hub(&web, "searxng", "/searxng").await;
    let answer = ok(hub.post("/queries", &ask(&["web"])).await).await;

    assert!(answer["answer"].as_str().unwrap().contains("1871"), "{answer:#}");
    assert!(!answer.to_string().contains("1999"), "a snippet is not a source");
    let source = &answer["sources"][0];
    assert_eq!(
        (&source["url"], &source["lanes"]),
        (&json!(web.url("/lamp")), &json!({ "web": 1 })),
        "{answer:#}"
    );
    assert_eq!(stage(&answer, "gather.web")["status"], "ok");

    let id = source["document_id"].as_str().unwrap();
    let copy = ok(hub.get(&format!("/documents/{id}")).await).await;
    assert_eq!(copy["url"], web.url("/lamp"));
    assert!(copy["origin"]["fetched_at"].is_string(), "{copy}");
    let citations: Vec<&Value> = answer["claims"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|claim| claim["citations"].as_array().unwrap())
        .collect();
    assert!(!citations.is_empty());
    for citation in citations {
        let number = citation["source"].as_u64().unwrap() as usize;
        let id = answer["sources"][number - 1]["document_id"].as_str().unwrap();
        let text = hub.text("default", id).await.unwrap();
        assert_eq!(
            slice(&text, &citation["quote_start"], &citation["quote_end"]),
            citation["quote"].as_str().unwrap()
        );
    }

    // The copies cost write units beside the four of the answer and what describes it.
    let alone = ok(hub
        .post("/queries", &json!({ "query": QUESTION, "cache": false }))
        .await)
    .await;
    let units = |answer: &Value| answer["usage"]["write_units"].as_f64().unwrap();
    assert!(
        units(&answer) >= units(&alone) + 2.0,
        "{} and {}",
        units(&answer),
        units(&alone)
    );

    // The copy is in no library, and belongs to the answers that quote it.
    assert_eq!(ok(hub.get("/documents").await).await["documents"], json!([]));
    problem(hub.delete(&format!("/documents/{id}")).await, 422).await;
    let own = json!({ "documents": [{ "id": id, "text": "Mine." }] });
    let refused: Value = hub.post("/documents", &own).await.json().await.unwrap();
    assert_eq!(refused["documents"][0]["problem"]["status"], 422, "{refused}");

    // History and verification know the copy.
    let path = format!("/queries/{}", answer["query_id"].as_str().unwrap());
    assert_eq!(ok(hub.get(&path).await).await["sources"], answer["sources"]);
    let checked = ok(hub.post(&format!("{path}/verify"), &json!({})).await).await;
    let summary = &checked["summary"];
    assert_eq!(summary["gone"], 0, "{checked:#}");
    assert_ne!(summary["still_supported"], 0, "{checked:#}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_finds_the_page() {
    let web = web().await;
    for (provider, root) in [("wikipedia", ""), ("brave", "/brave"), ("tavily", "/tavily")] {
        let hub = hub(&web, provider, root).await;
        let found = ok(hub
            .post("/search", &json!({ "query": QUESTION, "lanes": ["web"] }))
            .await)
        .await;
        let text = found["results"][0]["text"].as_str().unwrap();
        assert!(text.contains("first lit in 1871"), "{provider}: {found:#}");
        hub.cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_and_the_web_are_searched_together_and_the_web_only_on_request() {
    let web = web().await;
    let hub = hub(&web, "searxng", "/searxng").await;
    hub.ingest(
        "default",
        &[(
            "notes",
            "The keeper of Skerry Point was paid nine pounds a year in 1871.",
        )],
    )
    .await;
    let answer = ok(hub.post("/queries", &json!({ "query": QUESTION })).await).await;
    assert_eq!(stage(&answer, "gather.web")["status"], "skipped");
    assert!(web.requests().is_empty(), "nothing was asked of the web");

    let both = ok(hub.post("/queries", &ask(&["keyword", "web"])).await).await;
    let lanes: BTreeSet<String> = both["sources"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|source| source["lanes"].as_object().unwrap().keys().cloned())
        .collect();
    assert_eq!(lanes, BTreeSet::from(["keyword".to_owned(), "web".to_owned()]));
    assert!(both["answer"].as_str().unwrap().contains("1871"), "{both:#}");
    // What the web said a moment ago is not what it says now.
    let again = ok(hub.post("/queries", &ask(&["keyword", "web"])).await).await;
    assert_ne!(again["cache"], "hit");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_costs_the_web_and_not_the_library() {
    let web = web().await;
    for (root, reason) in [
        (
            "/limit",
            "the search provider searxng refused the search: its limit is reached",
        ),
        (
            "/broken",
            "the search provider searxng sent a reply that is not one of its own",
        ),
    ] {
        let hub = hub(&web, "searxng", root).await;
        hub.ingest(
            "default",
            &[("notes", "The lamp of Skerry Point was first lit in 1871.")],
        )
        .await;
        let answer = ok(hub.post("/queries", &ask(&["keyword", "web"])).await).await;
        assert_eq!(answer["degraded"], json!(["gather.web"]), "{answer:#}");
        assert_eq!(stage(&answer, "gather.web")["reason"], reason);
        assert!(answer["answer"].as_str().unwrap().contains("1871"));
        let alone = problem(hub.post("/queries", &ask(&["web"])).await, 502).await;
        assert_eq!(alone["detail"], reason);
        hub.cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_left_out() {
    let web = web().await;
    for root in ["/none", "/metadata"] {
        let url = web.url(root);
        let variables = [("WEB_SEARCH", "searxng"), ("WEB_SEARCH_URL", url.as_str())];
        // Without the right to read from this machine.
        let hub = Hub::searching_the_web(&[], &variables).await;
        let answer = ok(hub.post("/queries", &ask(&["web"])).await).await;
        assert_eq!(answer["abstained"]["reason"], "no_sources", "{answer:#}");
        hub.cloud.stop().await;
    }
    assert!(
        web.requests().iter().all(|path| path.contains("/search?")),
        "{:?}",
        web.requests()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_page_does_not_hold_up_the_others() {
    let web = Website::start_with_host(|host, path| match path.split('?').next().unwrap() {
        "/search" => {
            let results = ["/never", "/lamp"].map(|path| json!({ "url": format!("http://{host}{path}") }));
            file("application/json", json!({ "results": results }).to_string())
        }
        "/never" => never(),
        _ => lighthouse(),
    })
    .await;
    let hub = hub(&web, "searxng", "").await;
    let started = std::time::Instant::now();
    let answer = ok(hub.post("/queries", &ask(&["web"])).await).await;
    assert!(answer["answer"].as_str().unwrap().contains("1871"), "{answer:#}");
    assert!(
        started.elapsed() < Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
    hub.cloud.stop().await;
}
