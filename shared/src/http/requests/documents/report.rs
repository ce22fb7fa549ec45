//! Response of `POST /documents`: one report for each document of the request.

use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{DocumentId, DocumentStatus, InvalidInput},
    error::{HubError, source_chain},
    http::{problem::Problem, request_context::RequestContext},
    retrieval::index::IndexedDocument,
};

/// The documents of a request in their order: each with its fault, or without one when it was sent to the store.
#[derive(Debug)]
pub struct PendingReport {
    pub(super) entries: Vec<(Option<DocumentId>, Option<InvalidInput>)>,
    pub(super) is_single: bool,
}

/// What became of a document that was sent to the store.
#[derive(Debug)]
pub enum Ingested {
    /// It is stored.
    Ready(Box<IndexedDocument>),
    /// It is accepted and will be stored later.
    Pending,
}

/// The response of `POST /documents`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct IngestReport {
    /// One report for each document of the request, in the same order.
    pub documents: Vec<DocumentReport>,
    /// Duration of the request, in milliseconds.
    pub took_ms: u64,
}

/// The result for one document of the request.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentReport {
    /// The document's id; null when the request has no valid one and none could be derived.
    pub id: Option<DocumentId>,
    /// The current version, from 1; null when the document is not ready.
    pub version: Option<u64>,
    /// The number of chunks of this version; null when the document is not ready.
    pub chunks: Option<u32>,
    /// `ready`; `pending` when the document is accepted and will be stored later; `failed`.
    pub status: DocumentStatus,
    /// Whether the stored content is identical, so that nothing was written.
    pub unchanged: bool,
    /// Why the document failed; null when it did not.
    pub problem: Option<Problem>,
}

impl PendingReport {
    /// Completes the report with the results of the documents that were sent to the store, in the order of the request.
    ///
    /// # Errors
    /// The store's error when it is unavailable and nothing was stored: the caller should retry the whole request. The
    /// failure of the document if it is the body.
    pub fn report(
        self,
        stored: Vec<Result<Ingested, HubError>>,
        context: &RequestContext<'_>,
    ) -> Result<IngestReport, HubError> {
        let nothing_stored = !stored.is_empty()
            && stored
                .iter()
                .all(|result| result.as_ref().is_err_and(HubError::is_store));
        let mut stored = stored.into_iter();
        if (nothing_stored || self.is_single && stored.as_slice().first().is_some_and(Result::is_err))
            && let Some(Err(error)) = stored.next()
        {
            return Err(error);
        }
        let documents = self.entries.into_iter().filter_map(|(id, fault)| {
            let result = match fault {
                Some(fault) => Err(HubError::Invalid(fault)),
                None => stored.next()?,
            };
            Some(DocumentReport::new(id, result, context))
        });
        Ok(IngestReport {
            documents: documents.collect(),
            took_ms: context.deadline.elapsed().as_millis() as u64,
        })
    }
}

impl IngestReport {
    /// The status of the response: 200 if every document is ready, 202 if some are pending and none failed, else 207.
    pub fn status(&self) -> StatusCode {
        let has = |status| self.documents.iter().any(|document| document.status == status);
        if has(DocumentStatus::Failed) {
            StatusCode::MULTI_STATUS
        } else if has(DocumentStatus::Pending) {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        }
    }
}

impl DocumentReport {
    fn new(id: Option<DocumentId>, result: Result<Ingested, HubError>, context: &RequestContext<'_>) -> Self {
        match result {
            Ok(Ingested::Ready(document)) => Self {
                id: Some(document.header.id),
                version: Some(document.header.version),
                chunks: Some(document.header.chunks),
                status: DocumentStatus::Ready,
                unchanged: document.unchanged,
                problem: None,
            },
            Ok(Ingested::Pending) => Self {
                id,
                version: None,
                chunks: None,
                status: DocumentStatus::Pending,
                unchanged: false,
                problem: None,
            },
            Err(error) => {
                if !matches!(error, HubError::Invalid(_)) {
                    tracing::warn!(error = source_chain(&error), "document not stored");
                }
                let problem = Problem::new(&error, context.instance(), &context.request_id);
                Self {
                    id,
                    version: None,
                    chunks: None,
                    status: DocumentStatus::Failed,
                    unchanged: false,
                    problem: Some(problem),
                }
            }
        }
    }
}
