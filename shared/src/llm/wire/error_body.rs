//! The classification of providers' error bodies.

use serde_json::Value;

use super::{parameters::Parameter, refusal};

/// A provider's error report. Its message is searched for known phrases and then dropped: it may quote the prompt or the
/// key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The provider's error code, such as `insufficient_quota`; only codes of lower-case letters, digits, `_` and `-`.
    pub code: Option<String>,
    /// The HTTP status that the body reports in a reply with a success status.
    pub status: Option<u16>,
    /// Whether the prompt exceeds the context window.
    pub is_context_length: bool,
    /// Whether the account's quota or credit is exhausted, so that waiting does not help.
    pub is_quota: bool,
    /// The parameter of the request that the provider refuses.
    pub refused: Option<Parameter>,
}

/// Error codes of a prompt that is too long.
const CONTEXT_LENGTH_CODES: [&str; 2] = [
    "context_length_exceeded",   // OpenAI, Groq, llama-cpp-python
    "exceed_context_size_error", // llama.cpp
];

/// Lower-case phrases in the message of a prompt that is too long, for providers without a code.
const CONTEXT_LENGTH_PHRASES: [&str; 12] = [
    "maximum context length",               // OpenAI, vLLM, llama-cpp-python, OpenRouter
    "reduce the length of the messages",    // Groq
    "available context size",               // llama.cpp
    "exceed context window",                // llama-cpp-python
    "longer than the maximum model length", // vLLM
    "`inputs` must have less than",         // Hugging Face text-generation-inference
    "input is too long",                    // Bedrock
    "prompt is too long",                   // Anthropic
    "exceed context limit",                 // Anthropic, prompt and answer together
    "exceeds the maximum number of tokens", // Gemini
    "longer than the context length",       // Ollama, chat
    "exceeds the context length",           // Ollama, embeddings
];

/// Error codes of an exhausted quota.
const QUOTA_CODES: [&str; 4] = [
    "insufficient_quota",         // OpenAI, Azure
    "billing_hard_limit_reached", // OpenAI
    "billing_not_active",         // OpenAI
    "billing_error",              // Anthropic
];

/// Lower-case phrases in the message of an exhausted quota, for providers without a code.
const QUOTA_PHRASES: [&str; 7] = [
    "credit balance is too low", // Anthropic
    "usage limit",               // Anthropic, Ollama
    "requires more credits",     // OpenRouter
    "insufficient credits",      // OpenRouter
    "monthly included credits",  // Hugging Face
    "insufficient balance",      // DeepSeek
    "credits are depleted",      // Gemini
];

impl ErrorBody {
    /// Classifies an error by the provider's code and message.
    pub(super) fn new(code: Option<&str>, status: Option<u16>, message: &str) -> Self {
        let code = code.and_then(normalized_code);
        let message = message.to_lowercase();
        let is = |codes: &[&str], phrases: &[&str]| {
            code.as_deref().is_some_and(|code| codes.contains(&code))
                || phrases.iter().any(|phrase| message.contains(phrase))
        };
        Self {
            is_context_length: is(&CONTEXT_LENGTH_CODES, &CONTEXT_LENGTH_PHRASES),
            is_quota: is(&QUOTA_CODES, &QUOTA_PHRASES),
            code,
            status,
            refused: None,
        }
    }

    /// Adds a code from elsewhere to a report without one.
    pub fn or_code(self, code: Option<&str>) -> Self {
        Self {
            code: self.code.or_else(|| normalized_code(code?)),
            ..self
        }
    }

    /// Adds the parameter that the report refuses. A prompt that is too long and an exhausted quota refuse none.
    pub(super) fn with_refusal(self, report: &Value) -> Self {
        let is_refusal = !self.is_context_length && !self.is_quota;
        Self {
            refused: is_refusal.then(|| refusal::refused_in(report)).flatten(),
            ..self
        }
    }
}

/// Returns the code in lower case if it is safe to show: 1 to 64 of `[a-z0-9_-]`, at least one of them a letter.
pub(super) fn normalized_code(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let is_code = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        && text.bytes().any(|byte| byte.is_ascii_lowercase());
    is_code.then_some(text)
}

/// Returns the first of these values that is an error code.
pub(super) fn first_code<'a>(values: &[&'a Value]) -> Option<&'a str> {
    values
        .iter()
        .filter_map(|value| value.as_str())
        .find(|text| normalized_code(text).is_some())
}

/// Returns the first of these values, a number or a string of digits, that is an HTTP error status.
pub(super) fn first_status(values: &[&Value]) -> Option<u16> {
    let status = |value: &&Value| match value {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64().and_then(|number| u16::try_from(number).ok()),
    };
    values
        .iter()
        .filter_map(status)
        .find(|status| (400..600).contains(status))
}
