//! What every wire format has, and what a request asks for.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use http::HeaderMap;
use serde_json::Value;

use super::{
    ReceivedRequest, ScriptedAnswer, ScriptedProvider, anthropic::Anthropic, gemini::Gemini, ollama::Ollama,
    openai::OpenAi, reply::Reply,
};

/// A wire format; each has its own base address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireFormat {
    /// OpenAI: chat completions, embeddings, models. The key may come as Azure wants it.
    OpenAi,
    /// Anthropic: messages, models.
    Anthropic,
    /// Google Gemini: content, embeddings, models.
    Gemini,
    /// Ollama's own: chat, embeddings, models.
    Ollama,
}

impl WireFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Ollama];

    pub(super) fn base_path(self) -> &'static str {
        match self {
            Self::OpenAi => "/openai/v1",
            Self::Anthropic => "/anthropic/v1",
            Self::Gemini => "/gemini/v1beta",
            Self::Ollama => "/ollama",
        }
    }

    fn wire(self) -> &'static dyn Wire {
        match self {
            Self::OpenAi => &OpenAi,
            Self::Anthropic => &Anthropic,
            Self::Gemini => &Gemini,
            Self::Ollama => &Ollama,
        }
    }
}

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Asked {
    GenerateRequest {
        model: String,
        streamed: Option<Streamed>,
    },
    Embed {
        model: String,
        texts: Vec<String>,
        dimensions: usize,
    },
    Models,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Streamed {
    pub(super) with_usage: bool,
}

/// A failure, before a format words it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failure {
    Status(u16),
    InsufficientQuota,
    ContextLengthExceeded,
}

/// One event of a stream.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) name: Option<&'static str>,
    pub(super) data: String,
}

impl Event {
    pub(super) fn new(data: &Value) -> Self {
        Self {
            name: None,
            data: data.to_string(),
        }
    }
}

/// A streamed answer.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) before: Vec<Event>,
    pub(super) tokens: Vec<Event>,
    pub(super) after: Vec<Event>,
}

/// A wire format from the provider's side.
pub(super) trait Wire: Sync {
    fn is_key_right(&self, headers: &HeaderMap) -> bool;

    /// What is asked for at this path under the base address, which is given without its query; `None` when there is
    /// nothing. A request that lacks something is refused with a status.
    fn read(&self, path: &str, request: &ReceivedRequest) -> Option<Result<Asked, u16>>;

    /// Whether a stream is lines of JSON instead of server-sent events.
    fn streams_lines(&self) -> bool {
        false
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, with_usage: bool) -> Stream;

    /// `has_finish` is whether it says why the model stopped.
    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value;

    fn vectors(&self, model: &str, vectors: &[Vec<f32>], tokens: usize) -> Value;

    fn models(&self, models: &[String]) -> Value;

    fn failure(&self, failure: Failure) -> (u16, Value);

    /// A failure inside a stream.
    fn failure_event(&self) -> Event;

    /// The field of a reply that holds what a model said.
    fn content_field(&self) -> &'static str;
}

/// Finds out what is asked for, or refuses it in the words of the format.
pub(super) fn read(
    request: &ReceivedRequest,
    models: &[String],
) -> Result<(&'static dyn Wire, Asked), Reply> {
    let path = request.path.split('?').next().unwrap_or_default();
    let found = WireFormat::ALL.into_iter().find_map(|format| {
        let path = path.strip_prefix(format.base_path())?.strip_prefix('/')?;
        Some((format.wire(), path))
    });
    let Some((wire, path)) = found else {
        return Err(Reply::failure(WireFormat::OpenAi.wire(), Failure::Status(404)));
    };
    let refuse = |status| Reply::failure(wire, Failure::Status(status));
    if !wire.is_key_right(&request.headers) {
        return Err(refuse(401));
    }
    let asked = wire.read(path, request).unwrap_or(Err(404)).map_err(refuse)?;
    match &asked {
        Asked::GenerateRequest { model, .. } | Asked::Embed { model, .. } if !models.contains(model) => {
            Err(refuse(404))
        }
        _ => Ok((wire, asked)),
    }
}

pub(super) fn has_header(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers
        .get(name)
        .is_some_and(|found| found.as_bytes() == value.as_bytes())
}

pub(super) fn has_key(headers: &HeaderMap, name: &str) -> bool {
    has_header(headers, name, ScriptedProvider::KEY)
}

/// The text of a field that must be there, or the status of a bad request.
pub(super) fn text_at(body: &Value, field: &str) -> Result<String, u16> {
    body[field].as_str().map(str::to_owned).ok_or(400)
}

/// Checks that a field is a list with something in it.
pub(super) fn check_list(body: &Value, field: &str) -> Result<(), u16> {
    match body[field].as_array() {
        Some(list) if !list.is_empty() => Ok(()),
        _ => Err(400),
    }
}

/// One text or a list of texts.
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

/// The wanted length of vectors: 8 unless said, and at most 4096.
pub(super) fn dimensions(wanted: &Value) -> usize {
    wanted
        .as_u64()
        .and_then(|wanted| usize::try_from(wanted).ok())
        .unwrap_or(8)
        .clamp(1, 4096)
}

/// A vector of length 1 that counts words, so that texts with the same words are alike and a text is always the same.
pub(super) fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for word in text.split_whitespace() {
        let mut hasher = DefaultHasher::new();
        word.to_lowercase().hash(&mut hasher);
        let place = hasher.finish() % dimensions as u64;
        vector[place as usize] += 1.0;
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 {
        vector[0] = 1.0;
        return vector;
    }
    vector.iter().map(|number| number / length).collect()
}
