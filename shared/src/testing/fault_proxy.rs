//! A proxy in front of DynamoDB that lets a test see each call first and decide what becomes of it.

use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::http_client;

/// One call as the test sees it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The body, JSON.
    pub body: Bytes,
}

impl Call {
    /// Whether it changes a table.
    pub fn is_write(&self) -> bool {
        matches!(
            self.operation.as_str(),
            "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
        )
    }
}

/// What becomes of a call.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It goes on to DynamoDB.
    Forward,
    /// So it does, this much later.
    ForwardAfter(Duration),
    /// It is answered here: a status and a DynamoDB error code such as `ThrottlingException`.
    Fail(u16, &'static str),
}

type Judge = Arc<dyn Fn(&Call) -> Verdict + Send + Sync>;

/// The running proxy; it ends when dropped.
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
    judge: Judge,
}

impl FaultProxy {
    /// Listens on a free port; `judge` sees every call before it is forwarded.
    ///
    /// # Errors
    /// When no port is free or no client can be made.
    pub async fn start(judge: impl Fn(&Call) -> Verdict + Send + Sync + 'static) -> io::Result<Self> {
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
            judge: Arc::new(judge),
        };
        let router = Router::new().fallback(forward).with_state(state);
        #[expect(
            clippy::disallowed_methods,
            reason = "no Lambda runs here; the proxy is ended when dropped"
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

    /// Names the DynamoDB behind it, once; calls before that are answered with 502.
    pub fn forward_to(&self, url: &str) {
        let _ = self.upstream.set(url.to_owned());
    }

    /// Where functions find it.
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
    match (upstream.judge)(&Call {
        operation,
        body: body.clone(),
    }) {
        Verdict::Forward => {}
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
