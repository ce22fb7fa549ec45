//! A running hub with an HTTP client, and the requests that most tests share.

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

use crate::contract::SentRequest;

/// The root folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The complete cloud in memory on a free port, with a client that checks every request and response against the
/// OpenAPI document. Dropping it checks that the log holds nothing of what was sent.
pub(crate) struct Hub {
    pub(crate) cloud: Cloud,
    client: Client,
    privacy: PrivacyCheck,
    seen_statuses: Mutex<BTreeSet<(String, u16)>>,
}

/// The environment variable with the folder of another version's functions, which then alternate with those of this
/// version.
pub(crate) const OTHER_VERSION: &str = "ATTEST_OTHER_VERSION";

/// Options of a cloud in memory that logs at every level.
fn options() -> CloudOptions {
    let mut options = CloudOptions::memory(root());
    options
        .env
        .push(("AWS_LAMBDA_LOG_LEVEL".to_owned(), "TRACE".to_owned()));
    options.other_version = env::var_os(OTHER_VERSION).map(PathBuf::from);
    options
}

/// Environment variables as owned strings.
fn owned(variables: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let variables = variables.iter();
    variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

impl Hub {
    /// A hub with the default environment.
    pub(crate) async fn start() -> Self {
        Self::from_cloud(Cloud::start(options()).await.unwrap())
    }

    /// A hub whose functions have these environment variables as well.
    pub(crate) async fn with_env(variables: &[(&str, &str)]) -> Self {
        let mut options = options();
        options.env.extend(owned(variables));
        Self::from_cloud(Cloud::start(options).await.unwrap())
    }

    /// A hub with further environment variables, and with others for the functions that search the web.
    pub(crate) async fn searching_the_web(variables: &[(&str, &str)], web: &[(&str, &str)]) -> Self {
        let mut options = options();
        options.env.extend(owned(variables));
        options.web_env = owned(web).collect();
        Self::from_cloud(Cloud::start(options).await.unwrap())
    }

    /// A hub whose functions reach DynamoDB through the proxy.
    pub(crate) async fn behind_proxy(proxy: &FaultProxy) -> Self {
        Self::behind_proxy_with_env(proxy, &[]).await
    }

    /// A hub behind the proxy, with these environment variables as well.
    pub(crate) async fn behind_proxy_with_env(proxy: &FaultProxy, variables: &[(&str, &str)]) -> Self {
        let mut options = options();
        options.env.extend(owned(variables));
        let via_proxy = |embedded: &str| {
            proxy.forward_to(embedded);
            Some(proxy.url().to_owned())
        };
        Self::from_cloud(Cloud::start_with(options, via_proxy).await.unwrap())
    }

    /// A hub over a cloud that is running.
    pub(crate) fn from_cloud(cloud: Cloud) -> Self {
        Self {
            privacy: PrivacyCheck::new(&cloud),
            cloud,
            client: shared::http_client::builder()
                .unwrap()
                .no_proxy()
                .build()
                .unwrap(),
            seen_statuses: Mutex::default(),
        }
    }

    /// Every operation that was called, with each status that it returned.
    pub(crate) fn seen_statuses(&self) -> BTreeSet<(String, u16)> {
        self.seen_statuses.lock().unwrap().clone()
    }

    /// A request to a path of the API.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// Sends a request, and checks it and its response against the OpenAPI document.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        let request = request.build().unwrap();
        let sent = SentRequest::new(&request);
        let response = self.client.execute(request).await.unwrap();
        let (operation, response) = sent.check(response).await;
        let seen = operation.map(|name| (name, response.status().as_u16()));
        self.seen_statuses.lock().unwrap().extend(seen);
        response
    }

    /// A GET.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// A GET with one header.
    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Response {
        self.send(self.request(Method::GET, path).header(header, value))
            .await
    }

    /// A PATCH, with or without a body.
    pub(crate) async fn patch(&self, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(Method::PATCH, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.send(request).await
    }

    /// A DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A POST of a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(self.post_request(path, body)).await
    }

    /// A POST with an `Idempotency-Key`.
    pub(crate) async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Response {
        let request = self.post_request(path, body);
        self.send(request.header("idempotency-key", key)).await
    }

    /// Asks a question with `Prefer: respond-async`, with an `Idempotency-Key` if there is one.
    pub(crate) async fn queue(&self, body: &Value, key: Option<&str>) -> Response {
        self.queue_at("/queries", body, key).await
    }

    /// The same for another path.
    pub(crate) async fn queue_at(&self, path: &str, body: &Value, key: Option<&str>) -> Response {
        let request = self
            .post_request(path, body)
            .header("prefer", "wait=1, respond-async");
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        self.send(request).await
    }

    fn post_request(&self, path: &str, body: &Value) -> RequestBuilder {
        self.privacy.record(body);
        self.request(Method::POST, path).json(body)
    }

    /// A PUT, with `If-Match` if there is a tag.
    pub(crate) async fn put(&self, path: &str, body: &Value, if_match: Option<&str>) -> Response {
        self.privacy.record(body);
        let request = self.request(Method::PUT, path).json(body);
        let request = match if_match {
            Some(tag) => request.header("if-match", tag),
            None => request,
        };
        self.send(request).await
    }

    /// A POST of a body that need not be JSON.
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

    /// The response of a search.
    pub(crate) async fn search(&self, library: &str, query: &str) -> Value {
        ok(self
            .post("/search", &json!({ "library": library, "query": query }))
            .await)
        .await
    }

    /// The answer to a question.
    pub(crate) async fn ask(&self, library: &str, query: &str) -> Value {
        ok(self
            .post("/queries", &json!({ "library": library, "query": query }))
            .await)
        .await
    }

    /// The text of a document; `None` if there is no such document.
    pub(crate) async fn text(&self, library: &str, id: &str) -> Option<String> {
        let response = self.get(&format!("/documents/{id}?library={library}")).await;
        match response.status() {
            StatusCode::NOT_FOUND => None,
            _ => Some(ok(response).await["text"].as_str().unwrap().to_owned()),
        }
    }

    /// Runs the scheduled health check. `Err` is its failure as Lambda shows it.
    pub(crate) async fn check_health(&self) -> Result<Value, String> {
        let run = self.cloud.invoke("health-check", json!({ "interval_s": 300 }));
        run.await.map_err(|error| error.to_string())
    }

    /// Runs the sweep over unfinished writes of any age; returns how many documents it repaired.
    pub(crate) async fn sweep(&self) -> u64 {
        let report = self
            .cloud
            .invoke("sweep", json!({ "older_than_s": 0 }))
            .await
            .unwrap();
        report["mended"].as_u64().unwrap()
    }
}

/// Checks on drop that the log holds none of the texts that were sent, nor the provider key.
struct PrivacyCheck {
    log: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    texts: Mutex<BTreeSet<String>>,
}

impl PrivacyCheck {
    /// Length in characters of a fragment that no log line may contain.
    const FRAGMENT_LENGTH: usize = 16;
    /// How many fragments of one text are checked.
    const MAX_FRAGMENTS: usize = 100;

    fn new(cloud: &Cloud) -> Self {
        Self {
            log: Box::new(cloud.log_reader()),
            texts: Mutex::new([ScriptedProvider::KEY.to_owned()].into()),
        }
    }

    /// Records the questions, claims, titles and texts of a body.
    fn record(&self, body: &Value) {
        let lists = ["documents", "passages", "sources"].map(|list| body[list].as_array());
        let documents = lists.into_iter().flatten().flatten();
        let fields = documents.flat_map(|document| [&document["title"], &document["text"]]);
        let evidence = body["evidence"].as_array().into_iter().flatten();
        let fields = fields.chain(evidence);
        let fields = fields.chain(["query", "claim", "text", "notes", "comment"].map(|field| &body[field]));
        let mut texts = self.texts.lock().unwrap();
        for text in fields.filter_map(Value::as_str) {
            let text: Vec<char> = text.chars().collect();
            let fragments = text.chunks_exact(Self::FRAGMENT_LENGTH).take(Self::MAX_FRAGMENTS);
            texts.extend(fragments.map(|fragment| fragment.iter().collect::<String>()));
        }
    }
}

impl Drop for PrivacyCheck {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let log = (self.log)().join("\n");
        for text in &*self.texts.lock().unwrap() {
            let line = log.lines().find(|line| line.contains(text.as_str()));
            assert!(line.is_none(), "the log contains `{text}`: {line:?}");
        }
    }
}

/// The body of a response with status 200.
pub(crate) async fn ok(response: Response) -> Value {
    let status = response.status();
    let body = response.text().await.unwrap();
    assert!(status == StatusCode::OK, "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The problem of a failed response, checked against RFC 9457 and the headers of the response.
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

/// The code points of `text` from `start` to `end`, exclusive.
pub(crate) fn slice(text: &str, start: &Value, end: &Value) -> String {
    let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
    text.chars().skip(start).take(end - start).collect()
}
