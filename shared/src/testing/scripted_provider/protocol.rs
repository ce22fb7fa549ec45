//! The protocol trait, which each wire format implements, and its types and helpers.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use http::HeaderMap;
use serde_json::Value;

use super::{answer::ScriptedAnswer, request::ReceivedRequest};

/// The valid API key.
pub(super) const KEY: &str = "scripted-key";
/// The text in every error message.
pub(super) const FAILURE_TEXT: &str = "words of the provider";

/// A parsed request.
#[derive(Debug)]
pub(super) enum ParsedRequest {
    Generate {
        model: String,
        stream: Option<StreamOptions>,
    },
    Embed {
        model: String,
        texts: Vec<String>,
        dimensions: usize,
    },
    ListModels,
}

/// The options of a streamed reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamOptions {
    pub(super) with_usage: bool,
}

/// An error reply, independent of the protocol.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScriptedFailure {
    Status(u16),
    InsufficientQuota,
    ContextLengthExceeded,
    ParameterRefused(&'static str),
}

impl ScriptedFailure {
    /// Returns the message of a refused parameter; empty for other failures.
    pub(super) fn refusal(self) -> String {
        match self {
            Self::ParameterRefused(name) => {
                format!("Unsupported parameter: '{name}' is not supported with this model.")
            }
            _ => String::new(),
        }
    }
}

/// One event of a stream.
#[derive(Debug, Clone)]
pub(super) struct StreamEvent {
    pub(super) name: Option<&'static str>,
    pub(super) data: String,
}

impl StreamEvent {
    /// Creates an event without a name.
    pub(super) fn new(data: &Value) -> Self {
        Self {
            name: None,
            data: data.to_string(),
        }
    }
}

/// The events of a streamed answer: before the tokens, for thoughts and tokens, and after the tokens.
#[derive(Debug)]
pub(super) struct StreamedAnswer {
    pub(super) before: Vec<StreamEvent>,
    pub(super) thoughts: Vec<StreamEvent>,
    pub(super) tokens: Vec<StreamEvent>,
    pub(super) after: Vec<StreamEvent>,
}

/// The provider's side of a wire format.
pub(super) trait Protocol: Sync {
    /// Returns whether the request has the valid API key or signature.
    fn is_authorized(&self, request: &ReceivedRequest) -> bool;

    /// Parses a request to a path below the base URL, without its query. `None` for an unknown path; an error status for a
    /// malformed request.
    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>>;

    /// Returns whether streams are newline-delimited JSON instead of server-sent events.
    fn streams_ndjson(&self) -> bool {
        false
    }

    /// Returns the events of a streamed answer.
    fn stream(&self, model: &str, answer: &ScriptedAnswer, with_usage: bool) -> StreamedAnswer;

    /// Returns the body of a whole answer; `has_finish` includes the finish reason.
    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value;

    /// Returns the body of an embedding reply.
    fn vectors(&self, model: &str, vectors: &[Vec<f32>], tokens: usize) -> Value;

    /// Returns the body of a list of models.
    fn models(&self, models: &[String]) -> Value;

    /// Returns the status and the body of an error.
    fn failure(&self, failure: ScriptedFailure) -> (u16, Value);

    /// Returns the headers of an error.
    fn failure_headers(&self, _failure: ScriptedFailure) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Returns the event of an error inside a stream.
    fn failure_event(&self) -> StreamEvent;

    /// Returns the field of a reply that holds the generated text.
    fn content_field(&self) -> &'static str;
}

/// Returns whether the headers have a header with this value.
pub(super) fn has_header(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers
        .get(name)
        .is_some_and(|found| found.as_bytes() == value.as_bytes())
}

/// Returns whether a header has the valid API key.
pub(super) fn has_key(headers: &HeaderMap, name: &str) -> bool {
    has_header(headers, name, KEY)
}

/// Returns the text of a required field.
///
/// # Errors
/// Status 400 when it is missing.
pub(super) fn text_at(body: &Value, field: &str) -> Result<String, u16> {
    body[field].as_str().map(str::to_owned).ok_or(400)
}

/// Checks that a field is a list and not empty.
pub(super) fn check_list(body: &Value, field: &str) -> Result<(), u16> {
    match body[field].as_array() {
        Some(list) if !list.is_empty() => Ok(()),
        _ => Err(400),
    }
}

/// Returns the texts of a field: one text or a list of texts.
pub(super) fn texts_at(body: &Value, field: &str) -> Result<Vec<String>, u16> {
    match &body[field] {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(texts) => texts
            .iter()
            .map(|text| text.as_str().map(str::to_owned).ok_or(400))
            .collect(),
        _ => Err(400),
    }
}

/// Returns the requested dimensions of vectors: 8 by default, at most 4096.
pub(super) fn dimensions(requested: &Value) -> usize {
    requested
        .as_u64()
        .and_then(|requested| usize::try_from(requested).ok())
        .unwrap_or(8)
        .clamp(1, 4096)
}

/// Returns a deterministic unit vector of word counts, so that texts with common words are similar.
pub(super) fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for word in text.split_whitespace() {
        let mut hasher = DefaultHasher::new();
        word.to_lowercase().hash(&mut hasher);
        let index = hasher.finish() % dimensions as u64;
        vector[index as usize] += 1.0;
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 {
        vector[0] = 1.0;
        return vector;
    }
    vector.iter().map(|number| number / length).collect()
}
