//! A website on the loopback interface.

use std::{
    convert::Infallible,
    future,
    hash::{DefaultHasher, Hash, Hasher},
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Response, StatusCode, header::CONTENT_TYPE},
};
use futures::stream;
use tokio::{net::TcpListener, task::JoinSet};

/// A running website, ended when dropped.
pub(crate) struct Website {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    _server: JoinSet<()>,
}

impl Website {
    /// Starts a website that answers requests by their path and query.
    pub(crate) async fn start(
        answer: impl Fn(&str) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::serve(move |_host, path, _etag| answer(path)).await
    }

    /// Starts a website that answers requests by its own host and port, and their path and query.
    pub(crate) async fn start_with_host(
        answer: impl Fn(&str, &str) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::serve(move |host, path, _etag| answer(host, path)).await
    }

    /// Starts a website that answers requests by their path and query, and their `If-None-Match`.
    pub(crate) async fn start_with_etags(
        answer: impl Fn(&str, Option<&str>) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::serve(move |_host, path, etag| answer(path, etag)).await
    }

    async fn serve(
        answer: impl Fn(&str, &str, Option<&str>) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        let service = Router::new().fallback(async move |request: Request| {
            let path = request.uri().path_and_query().unwrap().to_string();
            log.lock().unwrap().push(path.clone());
            let etag = request.headers().get("if-none-match");
            let host = request.headers()["host"].to_str().unwrap();
            let response = answer(host, &path, etag.map(|etag| etag.to_str().unwrap()));
            if response.extensions().get::<Never>().is_some() {
                future::pending::<()>().await;
            }
            response
        });
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self {
            url,
            requests,
            _server: server,
        }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The paths that were requested, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// A page or file.
pub(crate) fn file(media_type: &str, body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder().header(CONTENT_TYPE, media_type);
    response.body(body.into()).unwrap()
}

/// An HTML page.
pub(crate) fn page(html: impl Into<Body>) -> Response<Body> {
    file("text/html; charset=utf-8", html)
}

/// An HTML page with an `ETag`, or that it has not changed.
pub(crate) fn page_with_etag(html: &str, known: Option<&str>) -> Response<Body> {
    let etag = format!("\"{:x}\"", hash_of(html));
    if known == Some(etag.as_str()) {
        return status(304);
    }
    let mut response = page(html.to_owned());
    response.headers_mut().insert("etag", etag.parse().unwrap());
    response
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Marks a response that is never sent.
#[derive(Clone)]
struct Never;

/// No response: the connection stays open.
pub(crate) fn never() -> Response<Body> {
    let mut response = status(200);
    response.extensions_mut().insert(Never);
    response
}

/// A page that never ends: the same text again and again, each time after a pause.
pub(crate) fn endless_page(text: &'static str, pause: Duration) -> Response<Body> {
    let chunks = stream::unfold((), move |()| async move {
        tokio::time::sleep(pause).await;
        Some((Ok::<_, Infallible>(text), ()))
    });
    page(Body::from_stream(chunks))
}

/// A response without content.
pub(crate) fn status(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// A redirect to another address.
pub(crate) fn redirect(to: &str) -> Response<Body> {
    let response = Response::builder().status(302).header("location", to);
    response.body(Body::empty()).unwrap()
}
