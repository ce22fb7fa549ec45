//! The local cloud as API Gateway and Lambda are, and what it refuses from browsers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Hub, ok};

/// A page in a browser can send this without asking first (<https://fetch.spec.whatwg.org/#cors-safelisted-method>).
const SIMPLE: &str = "text/plain";

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_or_name_cannot_write() {
    let hub = Hub::start().await;
    let body = json!({ "documents": [{ "id": "planted", "text": "Planted." }] }).to_string();
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example:9000"),
    ] {
        let request = hub.request(Method::POST, "/documents").header(header, value);
        let request = request.header("content-type", SIMPLE).body(body.clone());
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 403, "{header}: {value}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["type"], "urn:attest:problem:forbidden");
    }
    let read = hub
        .request(Method::GET, "/documents")
        .header("host", "evil.example");
    assert_eq!(read.send().await.unwrap().status(), 403);
    let listed = ok(hub.get("/documents").await).await;
    assert_eq!(listed["documents"], json!([]), "nothing was written");
    hub.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_head_is_as_long_as_api_gateway_accepts() {
    let hub = Hub::start().await;
    let with_header = |bytes: usize| {
        hub.request(Method::GET, "/health/live")
            .header("x-long", "x".repeat(bytes))
    };
    assert_eq!(with_header(9_900).send().await.unwrap().status(), 200);
    assert_eq!(with_header(10_240).send().await.unwrap().status(), 431);
    hub.cloud.stop().await;
}
