//! The functions that write, each with a request.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    document_queue::{wait_until_empty, wait_until_settled},
    queue::wait_until_ended,
    rows::{self, text},
    support::Hub,
};

/// The longest that a worker may take.
const TIMEOUT: Duration = Duration::from_secs(60);
const TEXT: &str = "The heron stands in cold water. It eats small fish.\n\nThe stork stands on warm roofs.";
const QUESTION: &str = "Where does the heron stand?";

/// A function, or one way to call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Function {
    Ask,
    AskPaid,
    AskWithKey,
    AskAsync,
    AskStream,
    AskComprehensive,
    VerifyQuery,
    UpdateQuery,
    ReprocessQuery,
    Feedback,
    CancelQuery,
    DeleteQuery,
    Ingest,
    IngestNewVersion,
    IngestAsync,
    DeleteDocument,
    DeleteLibrary,
}

/// What a request refers to.
pub(super) struct Prepared {
    library: String,
    query: String,
    key: String,
}

impl Function {
    pub(super) const ALL: [Self; 17] = [
        Self::Ask,
        Self::AskPaid,
        Self::AskWithKey,
        Self::AskAsync,
        Self::AskStream,
        Self::AskComprehensive,
        Self::VerifyQuery,
        Self::UpdateQuery,
        Self::ReprocessQuery,
        Self::Feedback,
        Self::CancelQuery,
        Self::DeleteQuery,
        Self::Ingest,
        Self::IngestNewVersion,
        Self::IngestAsync,
        Self::DeleteDocument,
        Self::DeleteLibrary,
    ];

    /// Whether a model with a price answers.
    pub(super) fn is_paid(self) -> bool {
        self == Self::AskPaid
    }

    /// Stores what the request needs, in a library of its own.
    pub(super) async fn prepare(self, hub: &Hub) -> Prepared {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let library = format!("l{number}");
        if !matches!(self, Self::Ingest | Self::IngestAsync) {
            hub.ingest(&library, &[("d", TEXT)]).await;
        }
        let needs_query = matches!(
            self,
            Self::VerifyQuery
                | Self::UpdateQuery
                | Self::ReprocessQuery
                | Self::Feedback
                | Self::CancelQuery
                | Self::DeleteQuery
        );
        let query = match needs_query {
            true => hub.ask(&library, QUESTION).await["query_id"]
                .as_str()
                .unwrap()
                .to_owned(),
            false => String::new(),
        };
        if self == Self::CancelQuery {
            // As if its worker had not started yet.
            let is_asked = |row: &Value| text(row, "sk") == format!("Q#{query}");
            let mut row = rows::all(hub, "Queries").into_iter().find(is_asked).unwrap();
            row["status"] = json!({ "S": "pending" });
            rows::put(hub, "Queries", &row);
        }
        if self == Self::DeleteQuery {
            let body = json!({ "rating": 5 });
            hub.post(&format!("/queries/{query}/feedback"), &body).await;
        }
        Prepared {
            library,
            query,
            key: format!("key-{number}"),
        }
    }

    /// Sends the request, and waits for what it leaves to a worker. Returns the status, and that of the work.
    pub(super) async fn send(self, hub: &Hub, prepared: &Prepared) -> String {
        let Prepared { library, query, key } = prepared;
        let question = json!({ "library": library, "query": QUESTION });
        let documents =
            |text: &str| json!({ "library": library, "documents": [{ "id": "d", "text": text }] });
        let of_query = |action: &str| format!("/queries/{query}{action}");
        let response = match self {
            Self::Ask | Self::AskPaid => hub.post("/queries", &question).await,
            Self::AskWithKey => hub.post_with_key("/queries", &question, key).await,
            Self::AskAsync => return self.wait_for_answer(hub, hub.queue(&question, None).await).await,
            Self::AskStream => return stream(hub.post("/queries/stream", &question).await).await,
            Self::AskComprehensive => hub.post("/queries/comprehensive", &question).await,
            Self::VerifyQuery => hub.post(&of_query("/verify"), &json!({})).await,
            Self::UpdateQuery => hub.put(&of_query(""), &json!({ "notes": "A note." }), None).await,
            Self::ReprocessQuery => hub.patch(&of_query("/reprocess"), Some(&json!({}))).await,
            Self::Feedback => hub.post(&of_query("/feedback"), &json!({ "rating": 4 })).await,
            Self::CancelQuery => hub.post(&of_query("/cancel"), &json!({})).await,
            Self::DeleteQuery => hub.delete(&of_query("")).await,
            Self::Ingest => return documents_status(hub.post("/documents", &documents(TEXT)).await).await,
            Self::IngestNewVersion => {
                let new = documents("The heron has left the water for good.");
                return documents_status(hub.post("/documents", &new).await).await;
            }
            Self::IngestAsync => {
                let response = hub.queue_at("/documents", &documents(TEXT), None).await;
                let status = documents_status(response).await;
                if !status.starts_with("202") {
                    return status;
                }
                let document = wait_until_settled(hub, library, "d").await;
                return format!("{status}, then {}", document["status"].as_str().unwrap());
            }
            Self::DeleteDocument => hub.delete(&format!("/documents/d?library={library}")).await,
            Self::DeleteLibrary => hub.delete(&format!("/libraries/{library}")).await,
        };
        status(&response)
    }

    /// How often the function's worker has ended well.
    pub(super) fn worked(self, hub: &Hub) -> usize {
        let worker = match self {
            Self::AskAsync => "query-worker",
            Self::IngestAsync => "index-worker",
            _ => return 0,
        };
        let logs = hub.cloud.logs();
        let ended = |line: &&String| {
            line.starts_with(worker) && line.contains("\"invocation\"") && line.contains("\"status\":200")
        };
        logs.iter().filter(ended).count()
    }

    /// Waits until the worker has ended: what readers wait for is not the last that it writes.
    pub(super) async fn wait_for_worker(self, hub: &Hub, status: &str, before: usize) {
        if !status.starts_with("202") {
            return;
        }
        let mut pause = tokio::time::interval(Duration::from_millis(10));
        let began = Instant::now();
        while self.worked(hub) == before {
            assert!(began.elapsed() < TIMEOUT, "{self:?}: its worker does not end");
            pause.tick().await;
        }
        // An acceptance whose response was lost is written again, and wakes the worker again, which drops it.
        if self == Self::IngestAsync {
            wait_until_empty(hub).await;
        }
    }

    async fn wait_for_answer(self, hub: &Hub, response: Response) -> String {
        let status = status(&response);
        if !status.starts_with("202") {
            return status;
        }
        let path = response.headers()["location"].to_str().unwrap().to_owned();
        let ended = wait_until_ended(hub, &path).await;
        format!("{status}, then {}", ended["status"].as_str().unwrap())
    }
}

/// The status, with `Retry-After` if it asks for another try.
fn status(response: &Response) -> String {
    let retry = if response.headers().contains_key("retry-after") {
        " with Retry-After"
    } else {
        ""
    };
    format!("{}{retry}", response.status().as_u16())
}

/// The status of a stream, and its last event.
async fn stream(response: Response) -> String {
    let status = status(&response);
    let body = response.text().await.unwrap();
    let mut events = body.lines().rev().filter_map(|line| line.strip_prefix("event: "));
    let last = events.next();
    format!("{status}, then {}", last.unwrap_or("no event"))
}

/// The status of a batch, and that of its document.
async fn documents_status(response: Response) -> String {
    let status = status(&response);
    let report: Value = response.json().await.unwrap();
    match report["documents"][0]["status"].as_str() {
        Some(document) => format!("{status} ({document})"),
        None => status,
    }
}
