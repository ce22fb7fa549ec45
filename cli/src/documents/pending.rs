//! Waiting for documents that the server accepted and stores later.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use futures::{Stream, StreamExt};
use serde_json::Value as Json;

use super::stored;
use crate::server::{Server, ServerError};

/// Documents that are asked for concurrently.
const CONCURRENCY: usize = 4;
/// How long a document is waited for.
const MAX_WAIT: Duration = Duration::from_secs(1800);

/// The result of waiting for one document: its id, and its JSON or why it is not stored.
pub(crate) type Waited = (String, Result<Json, String>);

/// Waits until accepted documents are stored or have failed. Fails only when the server is unreachable.
pub(crate) fn wait_until_stored(
    server: &Server,
    library: &str,
    ids: Vec<String>,
) -> impl Stream<Item = Result<Waited, ServerError>> {
    let waiting = ids.into_iter().map(move |id| async move {
        let stored = wait_for(server, library, &id).await?;
        Ok((id, stored))
    });
    futures::stream::iter(waiting).buffer_unordered(CONCURRENCY)
}

async fn wait_for(server: &Server, library: &str, id: &str) -> Result<Result<Json, String>, ServerError> {
    let path = stored::path(library, id);
    let began = Instant::now();
    let mut delays = delays();
    loop {
        match server.get(&path).await {
            Ok(response) => match response.json["status"].as_str() {
                Some("pending" | "processing") => {}
                Some("failed") => {
                    let detail = response.json["problem"]["detail"].as_str();
                    return Ok(Err(detail.unwrap_or("the server gave no reason").to_owned()));
                }
                _ => return Ok(Ok(response.json)),
            },
            Err(error @ ServerError::Unreachable { .. }) => return Err(error),
            Err(error) if error.is_transient() => {}
            Err(error) => return Ok(Err(error.to_string())),
        }
        if began.elapsed() > MAX_WAIT {
            return Ok(Err("it is accepted, but not stored yet".to_owned()));
        }
        tokio::time::sleep(delays.next().unwrap_or(MAX_DELAY)).await;
    }
}

/// The longest delay between two requests for one document.
const MAX_DELAY: Duration = Duration::from_secs(2);

fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(MAX_DELAY)
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use axum::{Json as Body, Router, extract::Path, extract::State, routing::get};
    use futures::TryStreamExt;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn each_document_is_asked_for_until_it_is_stored_or_has_failed() {
        type Requests = Arc<AtomicUsize>;
        async fn document(State(requests): State<Requests>, Path(id): Path<String>) -> Body<Json> {
            let request = requests.fetch_add(1, Ordering::SeqCst);
            Body(match (id.as_str(), request) {
                (_, 0..3) => json!({ "status": "pending" }),
                (_, 3..5) => json!({ "status": "processing" }),
                ("notes/a b#1.md", _) => json!({ "status": "ready", "chunks": 3 }),
                _ => json!({ "status": "failed", "problem": { "detail": "it was given up" } }),
            })
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new()
            .route("/documents/{id}", get(document))
            .with_state(Requests::default());
        let ids = vec!["notes/a b#1.md".to_owned(), "other".to_owned()];
        let waiting = wait_until_stored(&server, "default", ids).try_collect::<Vec<Waited>>();
        let mut waited = tokio::select! {
            _ = async { axum::serve(listener, router).await } => unreachable!("the server never stops"),
            waited = waiting => waited.unwrap(),
        };
        waited.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(waited[0].1.as_ref().unwrap()["chunks"], 3);
        assert_eq!(waited[1], ("other".to_owned(), Err("it was given up".to_owned())));
    }
}
