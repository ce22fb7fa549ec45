//! Libraries: their list, and deleting one with everything in it.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    addresses::INTRANET,
    crawls::wait_until_ended,
    document_queue::wait_until_settled,
    rows::{self, text},
    support::{Hub, ok},
    website::{Website, page, status},
};

const HERON: &str = "The heron stands in cold water.";

/// The rows of the knowledge table that are about a library, but for its counter, which expires.
pub(crate) fn rows_of(hub: &Hub, library: &str) -> Vec<Value> {
    let all = rows::all(hub, "Knowledge");
    let own = format!("L#{library}");
    let is_own = |row: &Value| {
        let (pk, sk) = (text(row, "pk"), text(row, "sk"));
        let is_listed = ["LIBRARIES", "MERGING"].contains(&pk.as_str()) && sk == library;
        let crawl: Value = serde_json::from_str(&text(row, "crawl")).unwrap_or_default();
        pk == own
            || pk.starts_with(&format!("{own}#"))
            || is_listed
            || text(row, "library") == library
            || crawl["library"] == library
    };
    let is_expiring_counter = |row: &Value| {
        let is_counter = text(row, "pk") == own && text(row, "sk") == "!";
        is_counter && row["expires_at"]["N"].is_string() && row["deleting"].is_null()
    };
    let rows = all.into_iter().filter(is_own);
    rows.filter(|row| !is_expiring_counter(row)).collect()
}

/// The list of libraries.
async fn listed(hub: &Hub, limit: usize) -> Vec<Value> {
    let (mut libraries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ok(hub.get(&format!("/libraries?limit={limit}{cursor}")).await).await;
        let items = page["libraries"].as_array().unwrap();
        assert!(items.len() <= limit);
        libraries.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return libraries,
        }
    }
}

async fn found(hub: &Hub, library: &str) -> usize {
    let results = hub.search(library, "heron").await;
    results["results"].as_array().unwrap().len()
}

/// Closes a library and leaves its deletion to the sweep.
async fn close(hub: &Hub, library: &str) -> Response {
    let request = hub.request(Method::DELETE, &format!("/libraries/{library}"));
    hub.send(request.header("prefer", "respond-async")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn libraries_are_listed_with_their_documents() {
    let hub = Hub::start().await;
    assert_eq!(listed(&hub, 5).await, Vec::<Value>::new());
    for library in ["c", "a", "b"] {
        hub.ingest(
            library,
            &[("one", HERON), ("two", "The stork stands on warm roofs.")],
        )
        .await;
    }
    hub.ingest("a", &[("one", "A new version of the heron."), ("three", HERON)])
        .await;
    assert_eq!(hub.delete("/documents/two?library=b").await.status(), 204);
    let count = |library: &Value| {
        let name = library["name"].as_str().unwrap().to_owned();
        assert!(library["updated_at"].is_string(), "{library}");
        (
            name,
            library["documents"].as_u64().unwrap(),
            library["chunks"].as_u64().unwrap(),
            library["status"].as_str().unwrap().to_owned(),
        )
    };
    let expected = [("a", 3, 3), ("b", 1, 1), ("c", 2, 2)]
        .map(|(name, documents, chunks)| (name.to_owned(), documents, chunks, "ready".to_owned()));
    for limit in [1, 2, 3, 100] {
        let libraries = listed(&hub, limit).await;
        assert_eq!(libraries.iter().map(count).collect::<Vec<_>>(), expected);
    }
    // Merging segments changes nothing of it.
    let before = listed(&hub, 100).await;
    hub.sweep().await;
    assert_eq!(listed(&hub, 100).await, before);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_deleted_library() {
    let hub = Hub::with_env(&INTRANET).await;
    let website = Website::start(|path| match path {
        "/" => page("<p>The heron of the home page stands in cold water all day.</p>"),
        _ => status(404),
    })
    .await;
    hub.ingest("kept", &[("one", HERON)]).await;
    let kept = rows_of(&hub, "kept");
    for number in 0..12 {
        let id = format!("d{number}#");
        hub.ingest("gone", &[(id.as_str(), HERON)]).await;
    }
    hub.ingest("gone", &[("d1#", "A new version of the heron.")])
        .await;
    let body = json!({ "library": "gone", "documents": [{ "id": "later", "text": HERON }] });
    assert_eq!(hub.queue_at("/documents", &body, None).await.status(), 202);
    wait_until_settled(&hub, "gone", "later").await;
    let crawl = json!({ "url": website.url("/"), "library": "gone", "delay_ms": 10 });
    let crawl = hub.post("/agents/crawler", &crawl).await.json().await.unwrap();
    let crawl = wait_until_ended(&hub, &crawl).await;
    assert_ne!(found(&hub, "gone").await, 0);

    assert_eq!(hub.delete("/libraries/gone").await.status(), 204);
    assert_eq!(rows_of(&hub, "gone"), Vec::<Value>::new());
    let path = format!("/crawls/{}", crawl["crawl_id"].as_str().unwrap());
    assert_eq!(hub.get(&path).await.status(), 404);
    assert_eq!(found(&hub, "gone").await, 0);
    assert_eq!(
        ok(hub.get("/documents?library=gone").await).await["documents"],
        json!([])
    );
    assert_eq!(hub.get("/documents/later?library=gone").await.status(), 404);
    assert_eq!(hub.delete("/libraries/gone").await.status(), 404);
    assert_eq!(rows_of(&hub, "kept"), kept);

    hub.ingest("gone", &[("again", HERON)]).await;
    assert_eq!(found(&hub, "gone").await, 1);
    let names: Vec<Value> = listed(&hub, 5)
        .await
        .into_iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["gone", "kept"]);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_being_deleted_refuses_uploads_until_the_sweep_is_done() {
    let hub = Hub::with_env(&INTRANET).await;
    hub.ingest("gone", &[("one", HERON)]).await;
    let closed = close(&hub, "gone").await;
    assert_eq!(closed.status(), 202);
    assert_eq!(closed.headers()["preference-applied"], "respond-async");
    assert_eq!(listed(&hub, 5).await[0]["status"], "deleting");

    let body = json!({ "library": "gone", "documents": [{ "id": "two", "text": HERON }] });
    for response in [
        hub.post("/documents", &body).await,
        hub.queue_at("/documents", &body, None).await,
    ] {
        assert_eq!(response.status(), 207);
        let report: Value = response.json().await.unwrap();
        assert_eq!(report["documents"][0]["problem"]["status"], 409, "{report}");
    }
    let crawl = json!({ "url": "http://127.0.0.1:1/", "library": "gone" });
    assert_eq!(hub.post("/agents/crawler", &crawl).await.status(), 409);

    hub.sweep().await;
    assert_eq!(rows_of(&hub, "gone"), Vec::<Value>::new());
    assert_eq!(found(&hub, "gone").await, 0);
    hub.ingest("gone", &[("two", HERON)]).await;
    assert_eq!(found(&hub, "gone").await, 1);
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_a_deleted_library_are_not_those_of_the_next_one_of_its_name() {
    let hub = Hub::start().await;
    let question = json!({ "library": "birds", "query": "Where does the heron stand?" });
    hub.ingest("birds", &[("one", HERON)]).await;
    let first = ok(hub.post("/queries", &question).await).await;
    assert!(
        first["answer"].as_str().unwrap().contains("cold water"),
        "{first:#}"
    );
    assert_eq!(ok(hub.post("/queries", &question).await).await["cache"], "hit");
    assert_eq!(hub.delete("/libraries/birds").await.status(), 204);
    hub.ingest("birds", &[("one", "The heron stands on a warm roof.")])
        .await;
    let second = ok(hub.post("/queries", &question).await).await;
    assert_eq!(second["cache"], "miss", "{second:#}");
    assert!(
        second["answer"].as_str().unwrap().contains("warm roof"),
        "{second:#}"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_by_the_beginning_of_their_ids() {
    let hub = Hub::start().await;
    let ids = ["a", "a#1", "a%", "a/1", "a/2", "a/3", "ab", "b"];
    let documents: Vec<_> = ids
        .iter()
        .map(|id| json!({ "id": id, "text": format!("Page {id} of the book.") }))
        .collect();
    ok(hub.post("/documents", &json!({ "documents": documents })).await).await;
    let list = async |prefix: &str| {
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ok(hub
                .get(&format!("/documents?limit=2&prefix={prefix}{cursor}"))
                .await)
            .await;
            let documents = page["documents"].as_array().unwrap().iter();
            listed.extend(documents.map(|document| document["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        listed.sort();
        listed
    };
    assert_eq!(list("").await, ids);
    assert_eq!(list("a").await, ids[..7]);
    assert_eq!(list("a/").await, ["a/1", "a/2", "a/3"]);
    assert_eq!(list("a%23").await, ["a#1"]);
    assert_eq!(list("a%25").await, ["a%"]);
    assert_eq!(list("c").await, Vec::<String>::new());
    let too_long = hub.get(&format!("/documents?prefix={}", "x".repeat(257))).await;
    assert_eq!(too_long.status(), 400);
    hub.cloud.stop().await;
}
