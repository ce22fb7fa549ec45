//! Successful responses.

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
        Answer, AnswerDiff, AnswerSummary, Claim, DocumentHeader, DocumentId, Entity, LaneName, Passage,
        Stage,
    },
    error::HubError,
    meter,
};

/// A JSON response.
///
/// # Errors
/// When the value cannot be written as JSON, which is a fault of ours.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response<Body>, HubError> {
    let body = serde_json::to_string(value).map_err(|error| HubError::Internal(error.into()))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A value as JSON, to be a part of something.
///
/// # Errors
/// As [`json`].
pub fn to_json(value: &impl Serialize) -> Result<serde_json::Value, HubError> {
    serde_json::to_value(value).map_err(|error| HubError::Internal(error.into()))
}

/// Taken on, to be done later: how far it is can be asked for at `location`.
///
/// # Errors
/// As [`json`].
pub fn accepted(location: &str, value: &impl Serialize) -> Result<Response<Body>, HubError> {
    let mut response = json(StatusCode::ACCEPTED, value)?;
    let location = HeaderValue::from_str(location).map_err(|error| HubError::Internal(error.into()))?;
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(
        HeaderName::from_static("preference-applied"),
        HeaderValue::from_static("respond-async"),
    );
    Ok(response)
}

/// Done, and nothing to say.
pub fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Shows the stages in `Server-Timing` (<https://www.w3.org/TR/server-timing/>), durations in milliseconds.
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

/// The answer to a search.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchReply {
    /// Best first.
    pub results: Vec<SearchResult>,
    /// One for each lane.
    pub stages: Vec<Stage>,
    /// Lanes that were asked and gave nothing because they failed or were late.
    pub degraded: Vec<String>,
    /// What it cost.
    pub usage: SearchUsage,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// One page of answers.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct QueryPage {
    /// The newest first.
    pub queries: Vec<AnswerSummary>,
    /// For the next page; null when this is the last one.
    pub next_cursor: Option<String>,
}

/// One page of documents.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DocumentPage {
    /// In the order of their ids.
    pub documents: Vec<DocumentHeader>,
    /// For the next page; null when this is the last one.
    pub next_cursor: Option<String>,
}

/// A question that was asked again.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Reprocessed {
    /// The version of the answer now, from 1.
    pub version: u64,
    /// The one before.
    pub previous_version: u64,
    /// What it is answered now.
    pub answer: Answer,
    /// What is different.
    pub diff: AnswerDiff,
}

/// What a text names.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EntitiesReply {
    /// In its order, each once.
    pub entities: Vec<Entity>,
}

/// A text with its markers put right.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CitationReply {
    /// The text.
    pub text: String,
    /// Its claims, placed in it.
    pub claims: Vec<Claim>,
}

/// The answer to a fact check.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FactCheckReply {
    /// What it came to.
    #[serde(flatten)]
    pub check: FactCheck,
    /// One for each lane; none where the evidence was given.
    pub stages: Vec<Stage>,
    /// Lanes that were asked and gave nothing because they failed or were late.
    pub degraded: Vec<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

impl FactCheckReply {
    /// What was weighed after these stages and `took`.
    pub fn new(check: FactCheck, stages: Vec<Stage>, took: Duration) -> Self {
        Self {
            check,
            degraded: Retrieved::degraded(&stages),
            stages,
            took_ms: took.as_millis() as u64,
        }
    }
}

/// What a search cost.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchUsage {
    /// DynamoDB read request units, as DynamoDB counted them.
    pub read_units: f64,
}

/// One passage that was found.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SearchResult {
    /// The document.
    pub document_id: DocumentId,
    /// The chunk of the document.
    pub chunk_id: String,
    /// The document's title.
    pub title: String,
    /// The document's address.
    pub url: Option<String>,
    /// The text, exactly as it stands in the document.
    pub text: String,
    /// Where the text starts in the document, in code points.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// How well it fits; comparable within this result only.
    pub score: f64,
    /// Its rank, from 1, in each lane that found it.
    pub lanes: std::collections::BTreeMap<LaneName, usize>,
}

impl SearchReply {
    /// What was found after `took`.
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
