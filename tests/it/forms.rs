//! `POST /documents` with a form, as browsers send it.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Hub, ok, problem, root};

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// A text field of a form.
fn field(name: &str, value: &str) -> Vec<u8> {
    let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    part.into_bytes()
}

/// A file of a form.
fn file(name: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {media_type}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

async fn send(hub: &Hub, parts: &[Vec<u8>]) -> reqwest::Response {
    let body = [&parts.concat()[..], format!("--{BOUNDARY}--\r\n").as_bytes()].concat();
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    hub.post_raw("/documents", &media_type, body).await
}

fn office(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/documents/office").join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_form_are_stored() {
    let hub = Hub::start().await;
    let html = "<article><h1>Heron</h1><p>The heron stands in cold water all morning long.</p></article>";
    let parts = [
        field("library", "forms"),
        field("title", ""),
        file("legal.docx", "application/octet-stream", &office("legal.docx")),
        file("heron.html", "text/html", html.as_bytes()),
    ];
    let report = ok(send(&hub, &parts).await).await;
    let names = [json!("legal.docx"), json!("heron.html")];
    for (document, name) in report["documents"].as_array().unwrap().iter().zip(names) {
        assert_eq!(document["status"], "ready", "{document}");
        let path = format!("/documents/{}?library=forms", document["id"].as_str().unwrap());
        assert_eq!(ok(hub.get(&path).await).await["origin"]["name"], name);
    }

    let one = [
        file("wells.ods", "application/octet-stream", &office("wells.ods")),
        field("id", "wells"),
        field("title", "The wells"),
        field("metadata", r#"{ "team": "water" }"#),
        field("published_at", "2024-05-01T00:00:00Z"),
    ];
    ok(send(&hub, &one).await).await;
    let stored = ok(hub.get("/documents/wells").await).await;
    assert_eq!(
        (&stored["title"], &stored["metadata"], &stored["published_at"]),
        (
            &json!("The wells"),
            &json!({ "team": "water" }),
            &json!("2024-05-01T00:00:00Z")
        )
    );

    let text = [
        field("id", "note"),
        field("text", "# Note\nThe gate is locked at nine."),
    ];
    assert_eq!(
        ok(send(&hub, &text).await).await["documents"][0]["status"],
        "ready"
    );
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_a_form_are_reported() {
    let hub = Hub::start().await;
    let pointers = |problem: &Value| -> Vec<String> {
        let errors = problem["errors"].as_array().unwrap().iter();
        errors
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect()
    };
    let files = [
        file("a.html", "text/html", b"<p>a"),
        file("b.html", "text/html", b"<p>b"),
    ];
    let ambiguous = [&files[..], &[field("id", "a"), field("library", "no such/name")]].concat();
    let refused = problem(send(&hub, &ambiguous).await, 400).await;
    assert_eq!(pointers(&refused), ["/library", "/id"], "{refused}");
    let unknown = problem(send(&hub, &[field("color", "red")]).await, 400).await;
    assert_eq!(pointers(&unknown), ["/color"]);
    let twice = problem(send(&hub, &[field("id", "a"), field("id", "b")]).await, 400).await;
    assert_eq!(pointers(&twice), ["/id"]);

    // A file that fails costs itself.
    let batch = [
        file("a.html", "text/html", b""),
        file("b.html", "text/html", b"<p>The well is deep."),
        file("c.png", "image/png", b"x"),
    ];
    let response = send(&hub, &batch).await;
    assert_eq!(response.status(), 207);
    let report: Value = response.json().await.unwrap();
    let statuses: Vec<Option<u64>> = report["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["problem"]["status"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(422), None, Some(415)], "{report}");

    for (media_type, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=a", "--b\r\n"),
        (
            "multipart/form-data; boundary=a",
            "--a\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nx",
        ),
    ] {
        problem(hub.post_raw("/documents", media_type, body).await, 400).await;
    }
    problem(
        hub.post_raw("/documents?id=a", "multipart/form-data; boundary=a", "--a--\r\n")
            .await,
        400,
    )
    .await;
    hub.cloud.stop().await;
}
