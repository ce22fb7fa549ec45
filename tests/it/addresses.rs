//! Documents that are fetched from their address.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use crate::{
    document_queue::wait_until_settled,
    support::{Hub, ok},
    website::{Website, file, page, redirect, status},
};

/// What a hub needs to fetch from this machine.
pub(crate) const INTRANET: [(&str, &str); 1] = [("FETCH_INTRANET", "true")];

const LIGHTHOUSE: &str = r#"<!doctype html><html lang="en"><head><title>The lamp of Skerry Point</title>
<meta property="article:published_time" content="2024-03-05T08:00:00Z">CANONICAL</head><body>
<nav><a href="/">Home</a> <a href="/tides">Tides</a></nav>
<article><h1>The lamp of Skerry Point</h1>
<p>The lamp of Skerry Point was lit for the first time in 1871, by the keeper Anna Holm and her two brothers.</p>
<p>It burned rapeseed oil until 1904. In that year the harbour authority replaced the burner with an electric arc.</p>
</article><footer>All rights reserved</footer></body></html>"#;

fn lighthouse(canonical: &str) -> String {
    let link = format!(r#"<link rel="canonical" href="{canonical}">"#);
    LIGHTHOUSE.replace("CANONICAL", &link)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_fetched_stored_and_cited() {
    let edits = Arc::new(AtomicUsize::new(0));
    let edition = edits.clone();
    let website = Website::start(move |path| match path {
        "/lamp" => redirect("/lamp.html?from=lamp"),
        "/lamp.html?from=lamp" => {
            let text = lighthouse("/lamp.html");
            page(match edition.load(Ordering::SeqCst) {
                0 => text,
                _ => text.replace("two brothers", "three brothers"),
            })
        }
        "/impostor" => page(lighthouse("https://lighthouses.example/lamp")),
        _ => status(404),
    })
    .await;
    let hub = Hub::with_env(&INTRANET).await;
    let lamp = json!({ "documents": [{ "url": website.url("/lamp") }] });

    let report = ok(hub.post("/documents", &lamp).await).await;
    let document = &report["documents"][0];
    assert_eq!(document["status"], "ready", "{document}");
    let path = format!("/documents/{}", document["id"].as_str().unwrap());
    let stored = ok(hub.get(&path).await).await;
    assert_eq!(stored["title"], "The lamp of Skerry Point");
    assert_eq!(stored["url"], website.url("/lamp.html"));
    assert_eq!(stored["published_at"], "2024-03-05T08:00:00Z");
    assert_eq!(stored["origin"]["media_type"], "text/html");
    assert!(stored["origin"]["fetched_at"].is_string(), "{stored}");
    let text = stored["text"].as_str().unwrap();
    assert!(
        !text.contains("rights reserved") && !text.contains("Tides"),
        "{text}"
    );
    let answer = hub
        .ask("default", "When was the lamp of Skerry Point first lit?")
        .await;
    let citation = &answer["claims"][0]["citations"][0];
    assert_eq!(
        answer["sources"][0]["url"],
        website.url("/lamp.html"),
        "{answer:#}"
    );
    assert!(citation["quote"].as_str().unwrap().contains("1871"), "{citation}");

    let again = ok(hub.post("/documents", &lamp).await).await;
    assert_eq!(again["documents"][0]["unchanged"], true, "{again}");
    edits.store(1, Ordering::SeqCst);
    let edited = ok(hub.post("/documents", &lamp).await).await;
    assert_eq!(
        (&edited["documents"][0]["id"], &edited["documents"][0]["version"]),
        (&document["id"], &json!(2))
    );

    // A page may not have others cited for what it says.
    let impostor =
        json!({ "documents": [{ "id": "impostor", "url": website.url("/impostor"), "title": "Mine" }] });
    ok(hub.post("/documents", &impostor).await).await;
    let stored = ok(hub.get("/documents/impostor").await).await;
    assert_eq!(
        (&stored["url"], &stored["title"]),
        (&json!(website.url("/impostor")), &json!("Mine"))
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_fetched_costs_its_own_document() {
    let website = Website::start(|path| match path {
        "/photo" => file("image/png", "\u{89}PNG"),
        "/busy" => status(503),
        "/round" => redirect("/round"),
        "/metadata" => redirect("http://169.254.169.254/latest/meta-data/"),
        "/notes" => page("<article><p>The heron stands in cold water all morning.</p></article>"),
        _ => status(404),
    })
    .await;
    let hub = Hub::with_env(&INTRANET).await;
    let batch = |paths: &[&str]| -> Value {
        let documents = paths
            .iter()
            .map(|path| json!({ "id": path.trim_matches('/'), "url": website.url(path) }));
        json!({ "documents": documents.collect::<Vec<_>>() })
    };
    let response = hub
        .post(
            "/documents",
            &batch(&["/photo", "/busy", "/round", "/notes", "/gone", "/metadata"]),
        )
        .await;
    assert_eq!(response.status(), 207);
    let report: Value = response.json().await.unwrap();
    let failures = [
        (415, "files of the type `image/png` are not supported"),
        (502, "the server answered with status 503"),
        (422, "the address redirects in a circle"),
        (0, ""),
        (422, "the server answered with status 404"),
        (422, "the host `169.254.169.254` is not public"),
    ];
    for (document, (status, detail)) in report["documents"].as_array().unwrap().iter().zip(failures) {
        let problem = &document["problem"];
        assert_eq!(problem["status"].as_u64().unwrap_or(0), status, "{document}");
        assert_eq!(problem["detail"].as_str().unwrap_or_default(), detail);
    }

    // The worker fetches as well, and says why it could not.
    let accepted = hub
        .queue_at("/documents", &batch(&["/notes", "/busy"]), None)
        .await;
    assert_eq!(accepted.status(), 202);
    assert_eq!(
        wait_until_settled(&hub, "default", "notes").await["status"],
        "ready"
    );
    let busy = wait_until_settled(&hub, "default", "busy").await;
    assert_eq!(busy["status"], "failed");
    assert_eq!(busy["problem"]["detail"], "the server answered with status 503");

    let url = website.url("/notes");
    let malformed = json!({ "documents": [
        { "url": "ftp://files.example/a" }, { "url": "notes" }, { "url": url, "name": "notes.html" }
    ] });
    let response = hub.post("/documents", &malformed).await;
    let report: Value = response.json().await.unwrap();
    let statuses: Vec<&Value> = report["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["problem"]["status"])
        .collect();
    assert_eq!(statuses, [422, 422, 400], "{report}");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_not_fetched_unless_allowed() {
    let website = Website::start(|_| page("<p>secret")).await;
    let hub = Hub::start().await;
    let port = website.url("").rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let batch = json!({ "documents": [{ "url": format!("http://{host}:{port}/") }, { "url": format!("http://{host}/") }] });
        let report: Value = hub.post("/documents", &batch).await.json().await.unwrap();
        for document in report["documents"].as_array().unwrap() {
            assert_eq!(document["status"], "failed", "{document}");
        }
    }
    assert_eq!(website.requests(), Vec::<String>::new());
    hub.cloud.stop().await;
}
