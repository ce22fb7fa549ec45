//! A running hub, and the few calls that most tests make of it.

use std::path::{Path, PathBuf};

use attest::{Cloud, CloudOptions};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use shared::testing::FaultProxy;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The whole cloud in memory on a free port, and a client of it.
pub(crate) struct Hub {
    pub(crate) cloud: Cloud,
    client: Client,
}

impl Hub {
    pub(crate) async fn start() -> Self {
        Self::over(Cloud::start(CloudOptions::memory(root())).await.unwrap())
    }

    /// Its functions reach DynamoDB through the proxy.
    pub(crate) async fn behind(proxy: &FaultProxy) -> Self {
        let in_between = |embedded: &str| {
            proxy.forward_to(embedded);
            Some(proxy.url().to_owned())
        };
        Self::over(
            Cloud::start_with(CloudOptions::memory(root()), in_between)
                .await
                .unwrap(),
        )
    }

    pub(crate) fn over(cloud: Cloud) -> Self {
        Self {
            cloud,
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.client.delete(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(self.url(path)).json(body).send().await.unwrap()
    }

    pub(crate) async fn post_raw(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Response {
        self.client
            .post(self.url(path))
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.cloud.url())
    }

    /// Stores documents of the form `(id, text)`; each must become ready.
    pub(crate) async fn ingest(&self, library: &str, documents: &[(&str, &str)]) -> Value {
        let documents: Vec<Value> = documents
            .iter()
            .map(|(id, text)| json!({ "id": id, "text": text }))
            .collect();
        let body = json!({ "library": library, "documents": documents });
        ok(self.post("/documents", &body).await).await
    }

    pub(crate) async fn search(&self, library: &str, query: &str) -> Value {
        ok(self
            .post("/search", &json!({ "library": library, "query": query }))
            .await)
        .await
    }

    pub(crate) async fn ask(&self, library: &str, query: &str) -> Value {
        ok(self
            .post("/queries", &json!({ "library": library, "query": query }))
            .await)
        .await
    }

    /// A document's text, or `None` when it is not there.
    pub(crate) async fn text(&self, library: &str, id: &str) -> Option<String> {
        let response = self.get(&format!("/documents/{id}?library={library}")).await;
        match response.status() {
            StatusCode::NOT_FOUND => None,
            _ => Some(ok(response).await["text"].as_str().unwrap().to_owned()),
        }
    }

    /// Sweeps whatever is unfinished, however young; says how many documents were mended.
    pub(crate) async fn sweep(&self) -> u64 {
        let report = self
            .cloud
            .invoke("sweep", json!({ "older_than_s": 0 }))
            .await
            .unwrap();
        report["mended"].as_u64().unwrap()
    }
}

/// The body of a successful response.
pub(crate) async fn ok(response: Response) -> Value {
    let status = response.status();
    let body = response.text().await.unwrap();
    assert!(status == StatusCode::OK, "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The problem of a failed response, checked against RFC 9457 and the response's own headers.
pub(crate) async fn problem(response: Response, status: u16) -> Value {
    let headers = response.headers().clone();
    let got = response.status().as_u16();
    let body = response.text().await.unwrap();
    assert_eq!(got, status, "{body}");
    assert_eq!(headers["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["status"], status);
    assert!(
        problem["type"]
            .as_str()
            .unwrap()
            .starts_with("urn:attest:problem:")
    );
    for field in ["title", "detail", "instance", "request_id"] {
        assert!(
            problem[field].as_str().is_some_and(|text| !text.is_empty()),
            "{field}: {body}"
        );
    }
    assert_eq!(
        headers["x-request-id"].to_str().unwrap(),
        problem["request_id"].as_str().unwrap()
    );
    problem
}

/// `text` from code point `start` to `end`.
pub(crate) fn slice(text: &str, start: &Value, end: &Value) -> String {
    let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
    text.chars().skip(start).take(end - start).collect()
}
