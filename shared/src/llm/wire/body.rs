//! What the bodies of all formats share: reading JSON within limits, and what a failure says of itself.

use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{Event, Fault, ProviderRequest, Vectors};
use crate::domain::{FinishReason, Prompt, Tokens};

/// What a provider says about a failure. Its message is read for known phrases and then dropped: it may quote the prompt
/// or the key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// Its name for the failure, if it is a word of small letters, digits, `_` and `-`: `insufficient_quota`.
    pub code: Option<String>,
    /// The HTTP status that it names inside a reply whose own status was good.
    pub status: Option<u16>,
    /// The prompt is longer than the model can read.
    pub is_context_length: bool,
    /// The account has no quota or money left; waiting does not help.
    pub is_quota: bool,
}

/// Names of failures that mean: the prompt is too long.
const CONTEXT_LENGTH_CODES: [&str; 2] = [
    "context_length_exceeded",   // OpenAI, Groq, llama-cpp-python
    "exceed_context_size_error", // llama.cpp
];

/// Phrases, in small letters, that mean the same where the name does not say it.
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

/// Names of failures that mean: nothing left to spend.
const QUOTA_CODES: [&str; 4] = [
    "insufficient_quota",         // OpenAI, Azure
    "billing_hard_limit_reached", // OpenAI
    "billing_not_active",         // OpenAI
    "billing_error",              // Anthropic
];

/// Phrases, in small letters, that mean the same where the name does not say it.
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
    /// From the provider's name for the failure and its words about it.
    pub(super) fn new(code: Option<&str>, status: Option<u16>, message: &str) -> Self {
        let code = code.and_then(word);
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
        }
    }
}

/// A name that is safe to show: up to 64 of `[a-z0-9_-]`, one of them a letter, so that it is no number.
fn word(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let is_word = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        && text.bytes().any(|byte| byte.is_ascii_lowercase());
    is_word.then_some(text)
}

/// The first of these values that is a name.
pub(super) fn first_word<'a>(values: &[&'a Value]) -> Option<&'a str> {
    values
        .iter()
        .filter_map(|value| value.as_str())
        .find(|text| word(text).is_some())
}

/// The first of these values, a number or a text of digits, that is the HTTP status of a failure.
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

/// A model that stopped for no reason that leaves an answer behind.
pub(super) fn stopped_badly(reason: &str) -> Fault {
    Fault::InBand(ErrorBody {
        code: word(reason),
        ..ErrorBody::default()
    })
}

/// Reads JSON. Nesting is limited by the parser (128 levels).
pub(super) fn json<T: DeserializeOwned>(body: &[u8], expected: &'static str) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| Fault::Malformed(expected))
}

/// Reads those fields of a JSON object that are asked for. A list is no object, although serde would take it for one.
pub(super) fn fields<T: DeserializeOwned>(body: &[u8], expected: &'static str) -> Result<T, Fault> {
    if body.trim_ascii_start().starts_with(b"{") {
        json(body, expected)
    } else {
        Err(Fault::Malformed(expected))
    }
}

/// Reads a JSON object. What is missing in it reads as null.
pub(super) fn object(body: &[u8], expected: &'static str) -> Result<Value, Fault> {
    json(body, expected).and_then(|value: Value| {
        if value.is_object() {
            Ok(value)
        } else {
            Err(Fault::Malformed(expected))
        }
    })
}

/// Adds text, if there is any.
pub(super) fn push_text(text: &Value, events: &mut Vec<Event>) {
    if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
        events.push(Event::Text(text.to_owned()));
    }
}

/// Adds the counts of tokens, each a sum. Missing ones are 0; all missing or one unreadable: nothing is added, for an
/// answer is worth more than its bill.
pub(super) fn push_tokens(input: &[&Value], output: &[&Value], events: &mut Vec<Event>) {
    if input.iter().chain(output).all(|count| count.is_null()) {
        return;
    }
    if let (Some(input), Some(output)) = (sum(input), sum(output)) {
        events.push(Event::Tokens(Tokens { input, output }));
    }
}

fn sum(counts: &[&Value]) -> Option<u64> {
    counts
        .iter()
        .filter(|count| !count.is_null())
        .try_fold(0, |sum, value| Some(sum + count(value)?))
}

/// A count of tokens. Anything above four billion is none, so that sums stay far from overflow.
pub(super) fn count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| *count <= u64::from(u32::MAX))
}

/// Adds why the model stopped; a reason that is missing or empty is none yet.
pub(super) fn push_finish(
    reason: &Value,
    meaning: impl FnOnce(&str) -> Option<FinishReason>,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    if let Some(reason) = reason.as_str().filter(|reason| !reason.is_empty()) {
        events.push(Event::FinishReason(
            meaning(reason).ok_or_else(|| stopped_badly(reason))?,
        ));
    }
    Ok(())
}

/// Vectors that can be compared: at least one, all of one length, all of finite numbers.
pub(super) fn vectors(vectors: Vec<Vec<f32>>, tokens: &Value) -> Result<Vectors, Fault> {
    let length = vectors.first().map_or(0, Vec::len);
    let is_good =
        |vector: &Vec<f32>| vector.len() == length && vector.iter().all(|number| number.is_finite());
    if length == 0 || !vectors.iter().all(is_good) {
        return Err(Fault::Malformed("a list of vectors"));
    }
    Ok(Vectors {
        vectors,
        tokens: count(tokens),
    })
}

/// The names in a list of objects; objects without a name are passed over.
pub(super) fn names(list: &Value, field: &str) -> Result<Vec<String>, Fault> {
    let list = list.as_array().ok_or(Fault::Malformed("a list of models"))?;
    Ok(list
        .iter()
        .filter_map(|model| model[field].as_str())
        .map(str::to_owned)
        .collect())
}

/// The temperature without the digits that come of widening an `f32`.
pub(super) fn temperature(prompt: &Prompt, most: f32) -> f64 {
    (f64::from(prompt.temperature.min(most)) * 1000.0).round() / 1000.0
}

/// A `POST` of JSON.
pub(super) fn post(url: Url, headers: HeaderMap, body: &Value) -> ProviderRequest {
    ProviderRequest {
        method: Method::POST,
        url,
        headers,
        body: body.to_string().into_bytes(),
    }
}

/// A `GET`.
pub(super) fn get(url: Url, headers: HeaderMap) -> ProviderRequest {
    ProviderRequest {
        method: Method::GET,
        url,
        headers,
        body: Vec::new(),
    }
}
