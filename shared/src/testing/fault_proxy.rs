//! A DynamoDB proxy that injects faults: a test inspects each call and forwards, delays or fails it. It also refuses what
//! DynamoDB refuses and the embedded one lets pass.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{partial::halve, refusals::refusal};
use crate::http_client;

/// A DynamoDB API call.
#[derive(Debug, Clone)]
pub struct DynamoDbCall {
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The JSON body.
    pub body: Bytes,
}

impl DynamoDbCall {
    /// Returns whether the operation writes to a table.
    pub fn is_write(&self) -> bool {
        matches!(
            self.operation.as_str(),
            "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
        )
    }
}

/// The decision on a call.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Forward the call to DynamoDB.
    Forward,
    /// Forward the call after a delay.
    ForwardAfter(Duration),
    /// Forward the call, and close the connection without its response.
    LoseResponse,
    /// Forward half of a batch, and report the rest as unprocessed. Other calls are forwarded.
    Part,
    /// Fail the call as if a transaction held one of its rows.
    Conflict,
    /// Throttle the call.
    Throttle,
    /// Fail the call with an HTTP status and a DynamoDB error code, such as `ThrottlingException`.
    Fail(u16, &'static str),
}

type Decide = Arc<dyn Fn(&DynamoDbCall) -> Verdict + Send + Sync>;

/// A running proxy. Dropping it stops the server.
#[derive(Debug)]
pub struct FaultProxy {
    url: String,
    upstream: Arc<OnceLock<String>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Upstream {
    client: reqwest::Client,
    url: Arc<OnceLock<String>>,
    decide: Decide,
}

impl FaultProxy {
    /// Starts a proxy on a free loopback port. `decide` is called for every call before it is forwarded.
    ///
    /// # Errors
    /// When no port is free or the HTTP client cannot be created.
    pub async fn start(
        decide: impl Fn(&DynamoDbCall) -> Verdict + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let client = http_client::builder()
            .map_err(io::Error::other)?
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build();
        let upstream: Arc<OnceLock<String>> = Arc::default();
        let state = Upstream {
            client: client.map_err(io::Error::other)?,
            url: upstream.clone(),
            decide: Arc::new(decide),
        };
        let router = Router::new().fallback(forward).with_state(state);
        #[expect(
            clippy::disallowed_methods,
            reason = "no Lambda runs here; the task is aborted when the proxy is dropped"
        )]
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url,
            upstream,
            serving,
        })
    }

    /// Sets the URL of DynamoDB. Only the first call has an effect; until then, the proxy returns 502.
    pub fn forward_to(&self, url: &str) {
        let _ = self.upstream.set(url.to_owned());
    }

    /// Returns the URL of the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn forward(State(upstream): State<Upstream>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let call = DynamoDbCall {
        operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
        body,
    };
    let verdict = (upstream.decide)(&call);
    if let Some(reason) = refusal(&call.operation, &call.body) {
        return failure(400, "ValidationException", &json!({ "message": reason }));
    }
    let mut body = call.body.clone();
    let mut unprocessed = None;
    match verdict {
        Verdict::Forward | Verdict::LoseResponse => {}
        Verdict::ForwardAfter(wait) => tokio::time::sleep(wait).await,
        Verdict::Part => {
            if let Some((request, name, rest)) = halve(&call.operation, &body) {
                body = request.to_string().into();
                unprocessed = Some((name, rest));
            }
        }
        Verdict::Conflict => return busy(&call, "TransactionConflictException", "TransactionConflict"),
        Verdict::Throttle => {
            return busy(&call, "ProvisionedThroughputExceededException", "ThrottlingError");
        }
        Verdict::Fail(status, code) => return failure(status, code, &json!({ "message": "scripted" })),
    }
    let Some(url) = upstream.url.get() else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut request = upstream.client.post(url).body(body);
    for (name, value) in &headers {
        if name.as_str().starts_with("x-amz-") || matches!(name.as_str(), "authorization" | "content-type") {
            request = request.header(name, value);
        }
    }
    match request.send().await {
        Ok(_) if matches!(verdict, Verdict::LoseResponse) => {
            let body = Body::from_stream(stream::once(async {
                Err::<Bytes, _>(io::Error::other("the response is lost"))
            }));
            Response::new(body)
        }
        Ok(response) => forwarded(response, unprocessed).await,
        Err(_unreachable) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Passes a response on; with what is left of a batch, if that was halved.
async fn forwarded(response: reqwest::Response, unprocessed: Option<(&str, Value)>) -> Response {
    let status = response.status();
    let headers = response.headers().clone();
    let Ok(body) = response.bytes().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut names = vec![CONTENT_TYPE.as_str()];
    let body = match (unprocessed, serde_json::from_slice::<Value>(&body)) {
        (Some((name, rest)), Ok(mut content)) if status.is_success() => {
            content[name] = rest;
            content.to_string().into()
        }
        _ => {
            names.push("x-amz-crc32");
            body
        }
    };
    let mut forwarded = (status, body).into_response();
    forwarded.headers_mut().remove(CONTENT_TYPE);
    for name in names {
        if let (Ok(to), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), headers.get(name)) {
            forwarded.headers_mut().insert(to, value.clone());
        }
    }
    forwarded
}

/// Fails a call because of its rows: with `code`, or `reason` if it is a transaction.
fn busy(call: &DynamoDbCall, code: &str, reason: &str) -> Response {
    if call.operation != "TransactWriteItems" {
        return failure(400, code, &json!({ "message": "scripted" }));
    }
    let request: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![json!({ "Code": "None" }); items];
    if let Some(last) = reasons.last_mut() {
        *last = json!({ "Code": reason, "Message": "scripted" });
    }
    failure(
        400,
        "TransactionCanceledException",
        &json!({ "Message": "scripted", "CancellationReasons": reasons }),
    )
}

fn failure(status: u16, code: &str, content: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = content.clone();
    body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{code}").into();
    (
        status,
        [(CONTENT_TYPE, "application/x-amz-json-1.0")],
        body.to_string(),
    )
        .into_response()
}
