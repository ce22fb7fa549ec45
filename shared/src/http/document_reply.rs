//! The response of `GET /documents/{id}`: the current version, what waits to replace it, or both.

use serde::Serialize;

use super::{problem::Problem, request_context::RequestContext};
use crate::{
    domain::{DocumentId, DocumentStatus, LibraryId, StoredDocument},
    error::HubError,
    ports::PendingDocument,
};

/// The response of `GET /documents/{id}`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum DocumentReply {
    /// The document has a current version.
    Stored(Box<CurrentDocument>),
    /// The document has no version yet.
    Accepted(Box<AcceptedDocument>),
}

/// A stored document with its text.
#[derive(Debug, Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "StoredDocument", transform = without_state)
)]
pub struct CurrentDocument {
    /// The current version.
    #[serde(flatten)]
    document: StoredDocument,
    /// The status of the document, or of the newer content that was accepted.
    #[serde(flatten)]
    state: State,
}

/// A document that was accepted and has no version yet, so it has no text.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AcceptedDocument {
    /// Library of the document.
    library: LibraryId,
    /// Id of the document in its library.
    id: DocumentId,
    /// Null, because there is no version yet.
    version: Option<u64>,
    /// Null, because the text is not stored yet.
    text: Option<String>,
    /// The status of the document.
    #[serde(flatten)]
    state: State,
}

/// How far the latest content of a document is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct State {
    /// `ready`, or the status of newer content that was accepted and is not stored yet.
    status: DocumentStatus,
    /// Share of the work on the newer content that is done, 0 to 1; null if the document is ready.
    progress: Option<f64>,
    /// Why the newer content was not stored; null if it did not fail.
    problem: Option<Problem>,
}

impl DocumentReply {
    /// The reply for a document of which `stored` is the current version and `pending` was accepted. `pending` must have been
    /// read first. `None` if there is no such document.
    pub fn new(
        (library, id): (LibraryId, DocumentId),
        stored: Option<StoredDocument>,
        pending: Option<PendingDocument>,
        context: &RequestContext<'_>,
    ) -> Option<Self> {
        let is_newer = |pending: &PendingDocument| {
            let stored_at = stored.as_ref().map(|document| document.header.updated_at);
            stored_at.is_none_or(|at| at < pending.accepted_at)
        };
        let state = pending
            .filter(is_newer)
            .map(|pending| State::of_pending(pending, context));
        match (stored, state) {
            (Some(document), state) => Some(Self::Stored(Box::new(CurrentDocument {
                document,
                state: state.unwrap_or(State::READY),
            }))),
            (None, Some(state)) => Some(Self::Accepted(Box::new(AcceptedDocument {
                library,
                id,
                version: None,
                text: None,
                state,
            }))),
            (None, None) => None,
        }
    }
}

impl State {
    const READY: Self = Self {
        status: DocumentStatus::Ready,
        progress: None,
        problem: None,
    };

    fn of_pending(pending: PendingDocument, context: &RequestContext<'_>) -> Self {
        let problem = pending.problem.map(|reason| {
            Problem::new(
                &HubError::DocumentFailed(reason),
                context.instance(),
                &context.request_id,
            )
        });
        Self {
            status: pending.status,
            progress: Some(pending.progress),
            problem,
        }
    }
}

/// Takes the fields that the previous release does not send out of the required ones: during a deployment, both releases
/// answer.
#[cfg(feature = "openapi")]
fn without_state(schema: &mut schemars::Schema) {
    let required = schema
        .get_mut("required")
        .and_then(serde_json::Value::as_array_mut);
    if let Some(required) = required {
        required.retain(|field| !matches!(field.as_str(), Some("status" | "progress" | "problem")));
    }
}
