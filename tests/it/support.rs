//! A running hub, and the few calls that most tests make of it.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    sync::Mutex,
};

use attest::{Cloud, CloudOptions};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use shared::testing::{FaultProxy, ScriptedProvider};

use crate::contract::Sent;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The whole cloud in memory on a free port, and a client of it that holds all that it sends and is answered against the
/// OpenAPI document. When it is dropped, its log may hold nothing of what it was sent.
pub(crate) struct Hub {
    pub(crate) cloud: Cloud,
    client: Client,
    secrecy: Secrecy,
    answered: Mutex<BTreeSet<(String, u16)>>,
}

/// Names a folder with the functions of another version, which then take turns with those of this one.
pub(crate) const OTHER_VERSION: &str = "ATTEST_OTHER_VERSION";

/// In memory, with everything that can be logged.
fn options() -> CloudOptions {
    let mut options = CloudOptions::memory(root());
    options
        .env
        .push(("AWS_LAMBDA_LOG_LEVEL".to_owned(), "TRACE".to_owned()));
    options.other_version = env::var_os(OTHER_VERSION).map(PathBuf::from);
    options
}

fn named(variables: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let variables = variables.iter();
    variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

impl Hub {
    pub(crate) async fn start() -> Self {
        Self::over(Cloud::start(options()).await.unwrap())
    }

    /// Its functions have these variables too.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        let mut options = options();
        options.env.extend(named(variables));
        Self::over(Cloud::start(options).await.unwrap())
    }

    /// Its functions reach DynamoDB through the proxy.
    pub(crate) async fn behind(proxy: &FaultProxy) -> Self {
        Self::behind_with(proxy, &[]).await
    }

    /// Both.
    pub(crate) async fn behind_with(proxy: &FaultProxy, variables: &[(&str, &str)]) -> Self {
        let mut options = options();
        options.env.extend(named(variables));
        let in_between = |embedded: &str| {
            proxy.forward_to(embedded);
            Some(proxy.url().to_owned())
        };
        Self::over(Cloud::start_with(options, in_between).await.unwrap())
    }

    pub(crate) fn over(cloud: Cloud) -> Self {
        Self {
            secrecy: Secrecy::of(&cloud),
            cloud,
            client: shared::http_client::builder()
                .unwrap()
                .no_proxy()
                .build()
                .unwrap(),
            answered: Mutex::default(),
        }
    }

    /// The operations that were answered, each with its status.
    pub(crate) fn answered(&self) -> BTreeSet<(String, u16)> {
        self.answered.lock().unwrap().clone()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        let request = request.build().unwrap();
        let sent = Sent::of(&request);
        let response = self.client.execute(request).await.unwrap();
        let (operation, response) = sent.check(response).await;
        let answered = operation.map(|name| (name, response.status().as_u16()));
        self.answered.lock().unwrap().extend(answered);
        response
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Response {
        self.send(self.request(Method::GET, path).header(header, value))
            .await
    }

    pub(crate) async fn patch(&self, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(Method::PATCH, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.send(request).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(self.posting(path, body)).await
    }

    /// The same with an `Idempotency-Key`.
    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Response {
        let request = self.posting(path, body);
        self.send(request.header("idempotency-key", key)).await
    }

    /// Asks without waiting for the answer.
    pub(crate) async fn queue(&self, body: &Value, key: Option<&str>) -> Response {
        self.queue_at("/queries", body, key).await
    }

    pub(crate) async fn queue_at(&self, path: &str, body: &Value, key: Option<&str>) -> Response {
        let request = self.posting(path, body).header("prefer", "wait=1, respond-async");
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        self.send(request).await
    }

    fn posting(&self, path: &str, body: &Value) -> RequestBuilder {
        self.secrecy.keep(body);
        self.request(Method::POST, path).json(body)
    }

    pub(crate) async fn put(&self, path: &str, body: &Value, if_match: Option<&str>) -> Response {
        self.secrecy.keep(body);
        let request = self.request(Method::PUT, path).json(body);
        let request = match if_match {
            Some(tag) => request.header("if-match", tag),
            None => request,
        };
        self.send(request).await
    }

    pub(crate) async fn post_raw(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Response {
        let request = self
            .request(Method::POST, path)
            .header("content-type", content_type);
        self.send(request.body(body)).await
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

/// What must not be logged, and the log.
struct Secrecy {
    log: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    texts: Mutex<BTreeSet<String>>,
}

impl Secrecy {
    /// Characters of a text that a log line must not have in a row.
    const FRAGMENT: usize = 16;
    /// Fragments of one text that are looked for.
    const FRAGMENTS: usize = 100;

    fn of(cloud: &Cloud) -> Self {
        Self {
            log: Box::new(cloud.log_reader()),
            texts: Mutex::new([ScriptedProvider::KEY.to_owned()].into()),
        }
    }

    /// Takes the questions, claims, titles and texts of a body.
    fn keep(&self, body: &Value) {
        let lists = ["documents", "passages", "sources"].map(|list| body[list].as_array());
        let documents = lists.into_iter().flatten().flatten();
        let fields = documents.flat_map(|document| [&document["title"], &document["text"]]);
        let evidence = body["evidence"].as_array().into_iter().flatten();
        let fields = fields.chain(evidence);
        let fields = fields.chain(["query", "claim", "text", "notes", "comment"].map(|field| &body[field]));
        let mut texts = self.texts.lock().unwrap();
        for text in fields.filter_map(Value::as_str) {
            let text: Vec<char> = text.chars().collect();
            let fragments = text.chunks_exact(Self::FRAGMENT).take(Self::FRAGMENTS);
            texts.extend(fragments.map(|fragment| fragment.iter().collect::<String>()));
        }
    }
}

impl Drop for Secrecy {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let log = (self.log)().join("\n");
        for text in &*self.texts.lock().unwrap() {
            let line = log.lines().find(|line| line.contains(text.as_str()));
            assert!(line.is_none(), "the log holds `{text}`: {line:?}");
        }
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
