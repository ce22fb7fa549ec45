//! Successful responses: constructors, headers and JSON bodies.

use std::time::Duration;

use lambda_http::{
    Body, Response,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, HeaderName, LOCATION},
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    agents::{fact_check::FactCheck, retrieval::Retrieved},
    domain::{
        Answer, AnswerDiff, AnswerSummary, Claim, DocumentHeader, DocumentId, Entity, LaneName, Library,
        LibraryId, LibraryStatus, Passage, Stage,
    },
    error::HubError,
    meter,
};

/// A response with a JSON body.
///
/// # Errors
/// [`HubError::Internal`] when the value cannot be serialized.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response<Body>, HubError> {
    let body = serde_json::to_string(value).map_err(|error| HubError::Internal(error.into()))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A value as JSON, for use inside another value.
///
/// # Errors
/// As [`json`].
pub fn to_json(value: &impl Serialize) -> Result<serde_json::Value, HubError> {
    serde_json::to_value(value).map_err(|error| HubError::Internal(error.into()))
}

/// 202 Accepted for `Prefer: respond-async` (RFC 7240). `location` is the path to poll.
///
/// # Errors
/// As [`json`].
pub fn accepted(location: &str, value: &impl Serialize) -> Result<Response<Body>, HubError> {
    let mut response = json(StatusCode::ACCEPTED, value)?;
    let location = HeaderValue::from_str(location).map_err(|error| HubError::Internal(error.into()))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// Says that `Prefer: respond-async` was applied (RFC 7240).
pub fn set_respond_async_applied(response: &mut Response<Body>) {
    response.headers_mut().insert(
        HeaderName::from_static("preference-applied"),
        HeaderValue::from_static("respond-async"),
    );
}

/// 204 No Content.
pub fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Sets `Server-Timing` (<https://www.w3.org/TR/server-timing/>): the duration of each stage in milliseconds.
pub fn set_server_timing(response: &mut Response<Body>, stages: &[Stage]) {
    let entries: Vec<String> = stages
        .iter()
        .map(|stage| format!("{};dur={}", stage.name, stage.ms))
        .collect();
    if let Ok(value) = HeaderValue::from_str(&entries.join(", ")) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("server-timing"), value);
    }
}

/// The response of `POST /search`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchReply {
    /// The passages found, best match first.
    pub results: Vec<SearchResult>,
    /// The stages of the search, one for each lane.
    pub stages: Vec<Stage>,
    /// Lanes without results because they failed or timed out.
    pub degraded: Vec<String>,
    /// The resources that the search consumed.
    pub usage: SearchUsage,
    /// Duration of the request, in milliseconds.
    pub took_ms: u64,
}

/// A page of answers.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct QueryPage {
    /// Summaries of the answers, newest first.
    pub queries: Vec<AnswerSummary>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A page of documents.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentPage {
    /// The documents without their texts, ordered by id.
    pub documents: Vec<DocumentHeader>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A page of libraries.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LibraryPage {
    /// The libraries, ordered by name.
    pub libraries: Vec<Library>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A library whose deletion has begun.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClosedLibrary {
    /// The name of the library.
    pub name: LibraryId,
    /// `deleting`.
    pub status: LibraryStatus,
}

/// The response of `PATCH /queries/{id}/reprocess`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Reprocessed {
    /// The version of the new answer, from 1.
    pub version: u64,
    /// The version of the previous answer.
    pub previous_version: u64,
    /// The new answer.
    pub answer: Answer,
    /// The differences between the previous and the new answer.
    pub diff: AnswerDiff,
}

/// The response of the entities agent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EntitiesReply {
    /// The entities in the order of the text, each once.
    pub entities: Vec<Entity>,
}

/// The response of the citation agent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CitationReply {
    /// The text with corrected citation markers.
    pub text: String,
    /// The claims of the text, with their positions.
    pub claims: Vec<Claim>,
}

/// The response of the fact-check agent.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactCheckReply {
    /// The verdict and its evidence.
    #[serde(flatten)]
    pub check: FactCheck,
    /// The stages of the search, one for each lane; empty when the request has evidence.
    pub stages: Vec<Stage>,
    /// Lanes without results because they failed or timed out.
    pub degraded: Vec<String>,
    /// Duration of the request, in milliseconds.
    pub took_ms: u64,
}

impl FactCheckReply {
    /// The result of a check with its search stages and total duration.
    pub fn new(check: FactCheck, stages: Vec<Stage>, took: Duration) -> Self {
        Self {
            check,
            degraded: Retrieved::degraded(&stages),
            stages,
            took_ms: took.as_millis() as u64,
        }
    }
}

/// The resources that a search consumed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchUsage {
    /// DynamoDB read request units, as reported by DynamoDB.
    pub read_units: f64,
}

/// A passage that matches the search.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchResult {
    /// The id of the document.
    pub document_id: DocumentId,
    /// The id of the chunk in the document.
    pub chunk_id: String,
    /// The title of the document.
    pub title: String,
    /// The URL of the document.
    pub url: Option<String>,
    /// The text of the passage, verbatim from the document.
    pub text: String,
    /// The start of the text in the document, in code points.
    pub start: usize,
    /// The end of the text in the document, in code points, exclusive.
    pub end: usize,
    /// The relevance score, comparable within one response only.
    pub score: f64,
    /// The rank of the passage, from 1, in each lane that found it.
    pub lanes: std::collections::BTreeMap<LaneName, usize>,
}

impl SearchReply {
    /// The results of a search with its total duration.
    pub fn new(found: Retrieved, took: Duration) -> Self {
        Self {
            results: found.passages.into_iter().map(SearchResult::from).collect(),
            degraded: Retrieved::degraded(&found.stages),
            stages: found.stages,
            usage: SearchUsage {
                read_units: meter::used().read,
            },
            took_ms: took.as_millis() as u64,
        }
    }
}

impl From<Passage> for SearchResult {
    fn from(passage: Passage) -> Self {
        Self {
            document_id: passage.id.document.clone(),
            chunk_id: passage.id.to_string(),
            title: passage.header.title.clone(),
            url: passage.header.url.clone(),
            text: passage.text,
            start: passage.start,
            end: passage.end,
            score: (passage.score * 1_000.0).round() / 1_000.0,
            lanes: passage.lanes,
        }
    }
}
