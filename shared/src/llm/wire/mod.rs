//! The wire formats: pure functions that create provider requests and parse replies. No I/O.

mod anthropic;
mod api_key;
mod bedrock;
mod body;
mod error_body;
mod finish;
mod format;
mod gemini;
mod lines;
mod ollama;
mod openai;
mod parameters;
mod protocol;
mod reasoning;
mod refusal;
mod reply;
mod request;
mod sse;
mod stream_reader;

#[cfg(test)]
mod tests;

use protocol::Protocol;
use serde::de::IgnoredAny;
use url::Url;

use crate::domain::{Prompt, TextUse};

pub use api_key::ApiKey;
pub use error_body::ErrorBody;
pub use format::ApiFormat;
pub use parameters::{MaxTokensName, Parameter, Parameters, ReasoningEffort};
pub use reply::{ReplyError, ReplyEvent, Vectors};
pub use request::{ProviderRequest, Target};
pub use stream_reader::{StreamReader, read_whole};

/// Creates a request to answer a prompt, as a stream if `stream`.
pub fn generate(kind: ApiFormat, target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let prompt = &target.parameters.apply(prompt);
    match Protocol::new(kind) {
        Protocol::OpenAi(dialect) | Protocol::Bedrock(dialect) => {
            openai::generate(dialect, target, prompt, stream)
        }
        Protocol::Anthropic => anthropic::generate(target, prompt, stream),
        Protocol::Gemini => gemini::generate(target, prompt, stream),
        Protocol::Ollama => ollama::generate(target, prompt, stream),
    }
}

/// Returns the parameters of [`generate`] without the one that a provider refused, or with the other name of the maximum
/// output tokens. `None` when the request did not carry it, or had its other name before.
pub fn without_refused(
    kind: ApiFormat,
    parameters: Parameters,
    refused: Parameter,
    prompt: &Prompt,
    stream: bool,
) -> Option<Parameters> {
    if !parameters.is_sent(refused, prompt, stream) {
        return None;
    }
    let mut rest = parameters.without(refused);
    match (refused, Protocol::new(kind)) {
        (Parameter::MaxTokens, Protocol::OpenAi(dialect) | Protocol::Bedrock(dialect)) => {
            rest.max_tokens = Some(dialect.max_tokens_name(parameters).other());
            Some(rest)
        }
        (Parameter::MaxTokens, _) => None,
        _ => Some(rest),
    }
}

/// Parses the body of a reply with an error status. The default value stands for a body of another format. `status` is
/// always `None`: the reply has its own.
pub fn read_error(kind: ApiFormat, body: &[u8]) -> ErrorBody {
    let error = match Protocol::new(kind) {
        Protocol::OpenAi(_) | Protocol::Bedrock(_) => openai::read_error(body),
        Protocol::Anthropic => anthropic::read_error(body),
        Protocol::Gemini => gemini::read_error(body),
        Protocol::Ollama => ollama::read_error(body),
    };
    // Some servers report errors as plain text.
    let error = if body::json::<IgnoredAny>(body, "").is_ok() {
        error
    } else {
        error.with_refusal(&String::from_utf8_lossy(body).into())
    };
    ErrorBody {
        status: None,
        ..error
    }
}

/// Creates a request to embed at most [`max_texts`] texts; `None` when the API has no embeddings, or not of the model.
pub fn embed(
    kind: ApiFormat,
    target: Target<'_>,
    texts: &[String],
    text_use: TextUse,
    dimensions: Option<u32>,
) -> Option<ProviderRequest> {
    match Protocol::new(kind) {
        Protocol::OpenAi(dialect) => Some(openai::embed(dialect, target, texts, dimensions)),
        Protocol::Bedrock(dialect) => bedrock::embed(dialect, target, texts, text_use, dimensions),
        Protocol::Anthropic => None,
        Protocol::Gemini => Some(gemini::embed(target, texts, dimensions)),
        Protocol::Ollama => Some(ollama::embed(target, texts, dimensions)),
    }
}

/// Returns the most texts that a call to an embedding model takes; `None` when the API has no embeddings, or not of this
/// model.
pub fn max_texts(kind: ApiFormat, model: &str) -> Option<usize> {
    match Protocol::new(kind) {
        Protocol::Anthropic => None,
        Protocol::Bedrock(_) => bedrock::max_texts(model),
        // A size that every provider accepts.
        Protocol::OpenAi(_) | Protocol::Gemini | Protocol::Ollama => Some(64),
    }
}

/// Returns the name of the AWS service in signatures of requests to this address.
pub fn signing_name(base_url: &Url) -> &'static str {
    bedrock::signing_name(base_url)
}

/// Parses the reply to [`embed`].
///
/// # Errors
/// When the body violates the format or the vectors cannot be compared.
pub fn read_vectors(kind: ApiFormat, body: &[u8]) -> Result<Vectors, ReplyError> {
    match Protocol::new(kind) {
        Protocol::OpenAi(_) => openai::read_vectors(body),
        Protocol::Bedrock(_) => bedrock::read_vectors(body),
        Protocol::Anthropic => Err(ReplyError::Malformed("a list of vectors")),
        Protocol::Gemini => gemini::read_vectors(body),
        Protocol::Ollama => ollama::read_vectors(body),
    }
}

/// Creates a request to list the models. It is free and verifies the base URL and the API key.
pub fn list_models(kind: ApiFormat, target: Target<'_>) -> ProviderRequest {
    match Protocol::new(kind) {
        Protocol::OpenAi(dialect) => openai::list_models(dialect, target),
        Protocol::Bedrock(dialect) => bedrock::list_models(dialect, target),
        Protocol::Anthropic => anthropic::list_models(target),
        Protocol::Gemini => gemini::list_models(target),
        Protocol::Ollama => ollama::list_models(target),
    }
}

/// Parses the model names of a reply to [`list_models`].
///
/// # Errors
/// When the body violates the format.
pub fn read_models(kind: ApiFormat, body: &[u8]) -> Result<Vec<String>, ReplyError> {
    match Protocol::new(kind) {
        Protocol::OpenAi(_) => openai::read_models(body),
        Protocol::Bedrock(_) => bedrock::read_models(body),
        Protocol::Anthropic => anthropic::read_models(body),
        Protocol::Gemini => gemini::read_models(body),
        Protocol::Ollama => ollama::read_models(body),
    }
}
