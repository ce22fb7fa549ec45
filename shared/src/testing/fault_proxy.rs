//! A DynamoDB proxy that injects faults: a test inspects each call and forwards, delays or fails it.

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
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;
use tokio::{net::TcpListener, task::JoinHandle};

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
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let verdict = (upstream.decide)(&DynamoDbCall {
        operation,
        body: body.clone(),
    });
    match verdict {
        Verdict::Forward | Verdict::LoseResponse => {}
        Verdict::ForwardAfter(wait) => tokio::time::sleep(wait).await,
        Verdict::Fail(status, code) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let body =
                format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"scripted"}}"#);
            return (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response();
        }
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
        Ok(response) => {
            let status = response.status();
            let content_type = response.headers().get(CONTENT_TYPE).cloned();
            let checksum = response.headers().get("x-amz-crc32").cloned();
            let Ok(body) = response.bytes().await else {
                return StatusCode::BAD_GATEWAY.into_response();
            };
            let mut forwarded = (status, body).into_response();
            forwarded.headers_mut().remove(CONTENT_TYPE);
            forwarded
                .headers_mut()
                .extend(content_type.map(|value| (CONTENT_TYPE, value)));
            if let Some(checksum) = checksum {
                forwarded.headers_mut().insert("x-amz-crc32", checksum);
            }
            forwarded
        }
        Err(_unreachable) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
