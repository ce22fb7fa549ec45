//! Batch uploads of documents to `POST /documents`, with retries of transient failures.

use futures::{Stream, StreamExt};
use serde_json::{Value as Json, json};

use super::document::Document;
use crate::server::{self, Server, ServerError};

/// Well below the server's limit of 100, so that one invocation can process a batch.
const BATCH_DOCUMENTS: usize = 20;
/// Below Lambda's 6 MB, with room for JSON escapes in the event.
const MAX_BATCH_BYTES: usize = 4_000_000;

/// A document of a request.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) id: String,
    /// The document as the body of `POST /documents` has it.
    pub(crate) body: Json,
    /// About its size, in bytes of JSON.
    bytes: usize,
}

impl Upload {
    /// A document whose content has this size, in bytes.
    pub(super) fn new(id: &str, body: Json, content_bytes: usize) -> Self {
        Self {
            id: id.to_owned(),
            body,
            bytes: content_bytes + id.len() + 200,
        }
    }
}

impl From<Document> for Upload {
    fn from(document: Document) -> Self {
        Self {
            bytes: size(&document),
            body: json!(document),
            id: document.id,
        }
    }
}

/// The result of one document's upload.
#[derive(Debug)]
pub(crate) struct UploadResult {
    pub(crate) id: String,
    /// The document's entry in the server's response, when the batch was accepted.
    pub(crate) entry: Option<Json>,
    /// Whether the document is accepted, and stored later; then it has a `failure` as well.
    pub(crate) is_pending: bool,
    /// Why the document is not stored.
    pub(crate) failure: Option<String>,
}

/// Uploads documents in batches with at most `concurrency` parallel requests. Fails only when the server is unreachable.
pub(crate) fn upload(
    server: &Server,
    library: &str,
    documents: impl Iterator<Item = impl Into<Upload>>,
    concurrency: usize,
) -> impl Stream<Item = Result<Vec<UploadResult>, ServerError>> {
    upload_batches(server, library, documents, BATCH_DOCUMENTS, concurrency)
}

/// Like [`upload`], with at most `batch_documents` documents in a batch: 1 to 100.
pub(crate) fn upload_batches(
    server: &Server,
    library: &str,
    documents: impl Iterator<Item = impl Into<Upload>>,
    batch_documents: usize,
    concurrency: usize,
) -> impl Stream<Item = Result<Vec<UploadResult>, ServerError>> {
    let requests = batches(documents, batch_documents).map(move |batch| upload_batch(server, library, batch));
    futures::stream::iter(requests).buffer_unordered(concurrency)
}

/// Uploads a batch and retries the documents that failed with a transient error. Ingestion is idempotent: uploading the
/// same content again changes nothing.
async fn upload_batch(
    server: &Server,
    library: &str,
    mut batch: Vec<Upload>,
) -> Result<Vec<UploadResult>, ServerError> {
    let mut results = Vec::new();
    let mut delays = server::retry_delays();
    loop {
        let documents: Vec<&Json> = batch.iter().map(|document| &document.body).collect();
        let body = json!({ "library": library, "documents": documents });
        let response = match server.post_with_retry("/documents", &body).await {
            Ok(response) => response,
            Err(error @ ServerError::Unreachable { .. }) => return Err(error),
            Err(problem) => {
                let failure = problem.to_string();
                results.extend(batch.into_iter().map(|document| UploadResult {
                    id: document.id,
                    entry: None,
                    is_pending: false,
                    failure: Some(failure.clone()),
                }));
                return Ok(results);
            }
        };
        let entries: Vec<&Json> = response.json["documents"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        let (transient, done): (Vec<&Json>, Vec<&Json>) = entries
            .into_iter()
            .partition(|entry| is_transient(&entry["problem"]));
        results.extend(done.into_iter().map(result));
        batch.retain(|document| transient.iter().any(|entry| entry["id"] == document.id));
        match delays.next() {
            Some(delay) if !batch.is_empty() => tokio::time::sleep(delay).await,
            _ => {
                results.extend(transient.into_iter().map(result));
                return Ok(results);
            }
        }
    }
}

/// Whether a document's problem has a status that a retry may resolve.
fn is_transient(problem: &Json) -> bool {
    let status = problem["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    status.is_some_and(server::is_transient)
}

/// Reads a document's entry in the server's response.
fn result(entry: &Json) -> UploadResult {
    let problem = &entry["problem"];
    let detail = || {
        problem["detail"]
            .as_str()
            .or(problem.as_str())
            .unwrap_or("the server gave no reason")
    };
    let is_pending = entry["status"] == "pending";
    let pending = || is_pending.then(|| "it is accepted, but not stored yet".to_owned());
    UploadResult {
        id: entry["id"].as_str().unwrap_or_default().to_owned(),
        failure: (!problem.is_null()).then(|| detail().to_owned()).or_else(pending),
        is_pending,
        entry: Some(entry.clone()),
    }
}

/// Groups documents into batches of at most `batch_documents` documents and 4 MB. A larger document gets its own batch.
fn batches(
    documents: impl Iterator<Item = impl Into<Upload>>,
    batch_documents: usize,
) -> impl Iterator<Item = Vec<Upload>> {
    let mut documents = documents.map(Into::into).peekable();
    std::iter::from_fn(move || {
        let mut batch = vec![documents.next()?];
        let mut bytes = batch[0].bytes;
        while let Some(next) =
            documents.next_if(|next| batch.len() < batch_documents && bytes + next.bytes <= MAX_BATCH_BYTES)
        {
            bytes += next.bytes;
            batch.push(next);
        }
        Some(batch)
    })
}

/// Estimates a document's size as JSON in bytes, with two bytes for each escaped character.
fn size(document: &Document) -> usize {
    let text = &document.text;
    let escaped = text
        .bytes()
        .filter(|byte| matches!(byte, b'\n' | b'"' | b'\\' | b'\t' | b'\r'))
        .count();
    let title = document.title.as_ref().map_or(0, String::len);
    text.len() + escaped + title + document.id.len() + 200
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: usize, bytes: usize) -> Document {
        let text = "x".repeat(bytes);
        Document {
            id: id.to_string(),
            title: None,
            text,
            content_type: "text/plain",
        }
    }

    #[test]
    fn batches_preserve_order_and_respect_both_limits() {
        let many = (0..45).map(|id| document(id, 10));
        let sizes: Vec<usize> = batches(many, BATCH_DOCUMENTS).map(|batch| batch.len()).collect();
        assert_eq!(sizes, [20, 20, 5]);
        let large = (0..3).map(|id| document(id, 1_900_000));
        assert_eq!(
            batches(large, BATCH_DOCUMENTS)
                .map(|batch| batch.len())
                .collect::<Vec<_>>(),
            [2, 1]
        );
        let huge = [document(0, 9_000_000), document(1, 1)].into_iter();
        assert_eq!(
            batches(huge, BATCH_DOCUMENTS)
                .map(|batch| batch.len())
                .collect::<Vec<_>>(),
            [1, 1]
        );
    }

    #[tokio::test]
    async fn only_documents_with_a_transient_failure_are_retried() {
        use axum::{Json as Body, Router, extract::State, routing::post};
        use std::sync::{Arc, Mutex};

        type Requests = Arc<Mutex<Vec<Vec<String>>>>;
        async fn ingest(State(requests): State<Requests>, Body(body): Body<Json>) -> Body<Json> {
            let documents = body["documents"].as_array().unwrap();
            let ids: Vec<String> = documents
                .iter()
                .map(|document| document["id"].as_str().unwrap().into())
                .collect();
            let mut requests = requests.lock().unwrap();
            let is_first = requests.is_empty();
            let problem = |id: &str| match id {
                "1" if is_first => json!({"status": 503, "detail": "later"}),
                "2" => json!({"status": 422, "detail": "never"}),
                _ => Json::Null,
            };
            let entries: Vec<Json> = ids
                .iter()
                .map(|id| json!({"id": id, "problem": problem(id)}))
                .collect();
            requests.push(ids);
            Body(json!({ "documents": entries }))
        }
        let requests = Requests::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new()
            .route("/documents", post(ingest))
            .with_state(Arc::clone(&requests));
        let batch = (0..3).map(|id| document(id, 1).into()).collect();
        let results = tokio::select! {
            _ = async { axum::serve(listener, router).await } => unreachable!("the server never stops"),
            results = upload_batch(&server, "default", batch) => results.unwrap(),
        };
        assert_eq!(*requests.lock().unwrap(), [vec!["0", "1", "2"], vec!["1"]]);
        let mut failures: Vec<_> = results
            .into_iter()
            .map(|result| (result.id, result.failure))
            .collect();
        failures.sort();
        assert_eq!(
            failures,
            [
                ("0".into(), None),
                ("1".into(), None),
                ("2".into(), Some("never".into()))
            ]
        );
    }
}
