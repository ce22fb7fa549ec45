//! The wire formats: requests and replies as pure functions, one file each. Nothing here does I/O.

mod anthropic;
mod body;
mod gemini;
mod lines;
mod ollama;
mod openai;
mod sse;

#[cfg(test)]
mod tests;

use std::fmt;
use std::mem::replace;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::domain::{FinishReason, Prompt, Tokens};

pub use body::ErrorBody;

/// Whose format a provider speaks. Several speak that of OpenAI, each in its own dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// OpenAI chat completions.
    Openai,
    /// Azure OpenAI, API version 1 (`https://NAME.openai.azure.com/openai/v1`).
    Azure,
    /// Groq.
    Groq,
    /// OpenRouter.
    Openrouter,
    /// The router of Hugging Face.
    Huggingface,
    /// The server of llama.cpp, and that of llama-cpp-python.
    Llamacpp,
    /// vLLM.
    Vllm,
    /// The OpenAI endpoint of Amazon Bedrock.
    Bedrock,
    /// Anything else that takes what OpenAI takes, such as Ollama under `/v1`.
    OpenaiCompatible,
    /// Anthropic messages.
    Anthropic,
    /// Google Gemini.
    Gemini,
    /// Ollama's own format.
    Ollama,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Openai,
        Self::Azure,
        Self::Groq,
        Self::Openrouter,
        Self::Huggingface,
        Self::Llamacpp,
        Self::Vllm,
        Self::Bedrock,
        Self::OpenaiCompatible,
        Self::Anthropic,
        Self::Gemini,
        Self::Ollama,
    ];

    /// Where it is when nothing else is said; `None` when there is no usual place.
    pub fn usual_address(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Groq => Some("https://api.groq.com/openai/v1"),
            Self::Openrouter => Some("https://openrouter.ai/api/v1"),
            Self::Huggingface => Some("https://router.huggingface.co/v1"),
            Self::Llamacpp => Some("http://127.0.0.1:8080/v1"),
            Self::Vllm => Some("http://127.0.0.1:8000/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::Ollama => Some("http://127.0.0.1:11434"),
            Self::Azure | Self::Bedrock | Self::OpenaiCompatible => None,
        }
    }

    fn wire(self) -> Wire {
        use openai::Dialect;
        match self {
            Self::Openai => Wire::OpenAi(Dialect::OPENAI),
            Self::Azure => Wire::OpenAi(Dialect::AZURE),
            Self::Groq => Wire::OpenAi(Dialect::GROQ),
            Self::Openrouter => Wire::OpenAi(Dialect::OPENROUTER),
            Self::Huggingface => Wire::OpenAi(Dialect::HUGGINGFACE),
            Self::Llamacpp => Wire::OpenAi(Dialect::LLAMACPP),
            Self::Vllm => Wire::OpenAi(Dialect::VLLM),
            Self::Bedrock => Wire::OpenAi(Dialect::BEDROCK),
            Self::OpenaiCompatible => Wire::OpenAi(Dialect::COMPATIBLE),
            Self::Anthropic => Wire::Anthropic,
            Self::Gemini => Wire::Gemini,
            Self::Ollama => Wire::Ollama,
        }
    }
}

enum Wire {
    OpenAi(openai::Dialect),
    Anthropic,
    Gemini,
    Ollama,
}

/// Whom a request is for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The address under which the format's paths are.
    pub base_url: &'a Url,
    /// The key, where the provider wants one.
    pub key: Option<&'a SecretString>,
    /// The model.
    pub model: &'a str,
    /// Whether the model takes a temperature; some that reason do not.
    pub takes_temperature: bool,
}

/// An HTTP request to be sent. A key stands in a header that is marked as sensitive, never in the address.
#[derive(Debug, Clone)]
pub struct ProviderRequest {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
    /// The headers, without those that the client adds.
    pub headers: HeaderMap,
    /// The JSON body; empty for a `GET`.
    pub body: Vec<u8>,
}

/// A part of a reply. A whole reply is read into the same parts as a streamed one. Its `Debug` does not show the text.
#[derive(Clone, PartialEq)]
pub enum Event {
    /// Text; never empty.
    Text(String),
    /// The count of tokens so far; a later one replaces an earlier one.
    Tokens(Tokens),
    /// The model has stopped.
    FinishReason(FinishReason),
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Tokens(tokens) => write!(f, "{tokens:?}"),
            Self::FinishReason(finish) => write!(f, "Finish({finish:?})"),
        }
    }
}

/// Why a reply with a good status is none. Holds nothing that the provider wrote, but a code if it looks like one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read. Says what was expected.
    #[error("the reply is not {0}")]
    Malformed(&'static str),
    /// The provider reports a failure inside its reply.
    #[error("the provider reported a failure inside its reply")]
    InBand(ErrorBody),
    /// A line or an event is longer than any sensible one.
    #[error("a line of the reply is longer than {0} bytes")]
    TooLong(usize),
}

/// Has the prompt answered, in parts when `stream`.
pub fn generate(kind: Kind, target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    match kind.wire() {
        Wire::OpenAi(dialect) => openai::generate(dialect, target, prompt, stream),
        Wire::Anthropic => anthropic::generate(target, prompt, stream),
        Wire::Gemini => gemini::generate(target, prompt, stream),
        Wire::Ollama => ollama::generate(target, prompt, stream),
    }
}

/// Reads a whole reply.
///
/// # Errors
/// When it is not one of this format.
pub fn read_whole(kind: Kind, body: &[u8]) -> Result<Vec<Event>, Fault> {
    match kind.wire() {
        Wire::OpenAi(_) => openai::read_whole(body),
        Wire::Anthropic => anthropic::read_whole(body),
        Wire::Gemini => gemini::read_whole(body),
        Wire::Ollama => ollama::read_whole(body),
    }
}

/// Reads a streamed reply as its bytes arrive, cut anywhere.
///
/// What was read before a fault is given out first, wherever the bytes were cut; the fault follows with the next call.
pub struct StreamReader {
    kind: Kind,
    framing: Framing,
    fault: Option<Fault>,
    tokens: Tokens,
    has_finished: bool,
}

enum Framing {
    Sse(sse::Decoder),
    Lines(lines::Decoder),
}

impl StreamReader {
    /// For a reply of this kind.
    pub fn new(kind: Kind) -> Self {
        let framing = match kind.wire() {
            Wire::Ollama => Framing::Lines(lines::Decoder::default()),
            _ => Framing::Sse(sse::Decoder::default()),
        };
        Self {
            kind,
            framing,
            fault: None,
            tokens: Tokens::default(),
            has_finished: false,
        }
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// When they are not of this format; nothing can be read afterwards.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Fault> {
        self.read(|kind, framing, events| match framing {
            Framing::Sse(decoder) => {
                decoder.push(bytes, |event| read_event(kind, &event.name, &event.data, events))
            }
            Framing::Lines(decoder) => decoder.push(bytes, |line| ollama::read_line(line, events)),
        })
    }

    /// The reply has ended. A last line needs no line break.
    ///
    /// # Errors
    /// When what is left is not of this format.
    pub fn end(&mut self) -> Result<Vec<Event>, Fault> {
        self.read(|_, framing, events| match framing {
            Framing::Sse(_) => Ok(()),
            Framing::Lines(decoder) => decoder.end(|line| ollama::read_line(line, events)),
        })
    }

    fn read(
        &mut self,
        read: impl FnOnce(Kind, &mut Framing, &mut Vec<Event>) -> Result<(), Fault>,
    ) -> Result<Vec<Event>, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut events = Vec::new();
        self.fault = read(self.kind, &mut self.framing, &mut events).err();
        events.retain_mut(|event| self.keep(event));
        match &self.fault {
            Some(fault) if events.is_empty() => Err(fault.clone()),
            _ => Ok(events),
        }
    }

    /// Counts only grow: the last one may leave out what the first one said. The first reason to stop stands: a refusal
    /// is followed by an ordinary stop.
    fn keep(&mut self, event: &mut Event) -> bool {
        match event {
            Event::Text(_) => true,
            Event::Tokens(tokens) => {
                tokens.input = tokens.input.max(self.tokens.input);
                tokens.output = tokens.output.max(self.tokens.output);
                self.tokens = *tokens;
                true
            }
            Event::FinishReason(_) => !replace(&mut self.has_finished, true),
        }
    }
}

fn read_event(kind: Kind, name: &str, data: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
    match kind.wire() {
        Wire::OpenAi(_) => openai::read_event(data, events),
        Wire::Anthropic => anthropic::read_event(name, data, events),
        Wire::Gemini => gemini::read_event(data, events),
        Wire::Ollama => Ok(()),
    }
}

/// What a reply with a bad status says of itself, but no status: the reply has its own. A body that is not of the format
/// says nothing.
pub fn read_error(kind: Kind, body: &[u8]) -> ErrorBody {
    let error = match kind.wire() {
        Wire::OpenAi(_) => openai::read_error(body),
        Wire::Anthropic => anthropic::read_error(body),
        Wire::Gemini => gemini::read_error(body),
        Wire::Ollama => ollama::read_error(body),
    };
    ErrorBody {
        status: None,
        ..error
    }
}

/// Turns texts into vectors; `None` when the format has no such request.
pub fn embed(
    kind: Kind,
    target: Target<'_>,
    texts: &[String],
    dimensions: Option<u32>,
) -> Option<ProviderRequest> {
    match kind.wire() {
        Wire::OpenAi(dialect) => Some(openai::embed(dialect, target, texts, dimensions)),
        Wire::Anthropic => None,
        Wire::Gemini => Some(gemini::embed(target, texts, dimensions)),
        Wire::Ollama => Some(ollama::embed(target, texts, dimensions)),
    }
}

/// Vectors, with the tokens they cost where the provider counts them.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    /// In the order of the texts.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens read.
    pub tokens: Option<u64>,
}

/// Reads the reply to [`embed`].
///
/// # Errors
/// When it is not one of this format.
pub fn read_vectors(kind: Kind, body: &[u8]) -> Result<Vectors, Fault> {
    match kind.wire() {
        Wire::OpenAi(_) => openai::read_vectors(body),
        Wire::Anthropic => Err(Fault::Malformed("a list of vectors")),
        Wire::Gemini => gemini::read_vectors(body),
        Wire::Ollama => ollama::read_vectors(body),
    }
}

/// Lists the models: costs nothing and proves the address and the key.
pub fn list_models(kind: Kind, target: Target<'_>) -> ProviderRequest {
    match kind.wire() {
        Wire::OpenAi(dialect) => openai::list_models(dialect, target),
        Wire::Anthropic => anthropic::list_models(target),
        Wire::Gemini => gemini::list_models(target),
        Wire::Ollama => ollama::list_models(target),
    }
}

/// Reads the names of models out of the reply to [`list_models`].
///
/// # Errors
/// When it is not one of this format.
pub fn read_models(kind: Kind, body: &[u8]) -> Result<Vec<String>, Fault> {
    match kind.wire() {
        Wire::OpenAi(_) => openai::read_models(body),
        Wire::Anthropic => anthropic::read_models(body),
        Wire::Gemini => gemini::read_models(body),
        Wire::Ollama => ollama::read_models(body),
    }
}

impl Target<'_> {
    /// The address with a path appended: `chat/completions` and such.
    fn at(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        url
    }

    /// The key as the value of a header that no log shows. A key that cannot stand in a header is left out, and refused
    /// by the provider.
    fn key_header(&self, name: HeaderName, prefix: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = self
            .key
            .and_then(|key| HeaderValue::try_from(format!("{prefix}{}", key.expose_secret())).ok());
        if let Some(mut value) = value {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers
    }
}
