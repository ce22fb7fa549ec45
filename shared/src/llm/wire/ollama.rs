//! The native API of Ollama.
//!
//! <https://docs.ollama.com/api/chat>, <https://docs.ollama.com/api/embed>, <https://docs.ollama.com/api/tags>,
//! <https://docs.ollama.com/api/errors>.

use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    body,
    error_body::{self, ErrorBody},
    parameters::{Parameter, ReasoningEffort},
    reply::{ReplyError, ReplyEvent, Vectors},
    request::{self, ProviderRequest, Target},
};
use crate::domain::Prompt;

/// Creates a request to answer a prompt.
pub(super) fn generate(target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let mut messages = vec![json!({"role": "user", "content": prompt.user})];
    if !prompt.system.is_empty() {
        messages.insert(0, json!({"role": "system", "content": prompt.system}));
    }
    let mut options = json!({"num_predict": prompt.max_tokens, "num_ctx": context_window(prompt)});
    if target.parameters.has(Parameter::Temperature) {
        options["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        options["stop"] = json!(prompt.stop);
    }
    // By default Ollama silently drops the middle of a prompt that is too long. With `truncate` and `shift` off, it
    // returns status 400. Only the source documents them
    // (<https://github.com/ollama/ollama/blob/main/api/types.go>).
    let mut request = json!({
        "model": target.model,
        "messages": messages,
        "stream": stream,
        "options": options,
        "truncate": false,
        "shift": false,
    });
    if let Some(schema) = &prompt.schema {
        request["format"] = schema.json.clone();
    }
    if let Some(effort) = target.parameters.effort() {
        // <https://docs.ollama.com/capabilities/thinking>
        request["think"] = match effort {
            ReasoningEffort::None => json!(false),
            effort => json!(effort.clamp(ReasoningEffort::Low, ReasoningEffort::High).name()),
        };
    }
    request::post(target.url("api/chat"), key_header(target), &request)
}

/// Returns the context window that prompt and answer need, in tokens. Ollama's default is 4,096 on most machines
/// (<https://docs.ollama.com/context-length>). Two bytes per token overestimates every common script. A power of two
/// avoids reloads, because Ollama reloads a model whenever the size changes. The server caps the size at the model's own.
fn context_window(prompt: &Prompt) -> u32 {
    const TEMPLATE_TOKENS: u32 = 256;
    const MIN: u32 = 4_096;
    const MAX: u32 = 1 << 20;
    let input = u32::try_from(prompt.bytes() / 2).unwrap_or(MAX);
    let needed = input
        .saturating_add(prompt.max_tokens)
        .saturating_add(TEMPLATE_TOKENS);
    needed.clamp(MIN, MAX).next_power_of_two()
}

/// Parses a whole reply, which has the shape of the last line of a stream.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
    let mut events = Vec::new();
    read_line(body, &mut events)?;
    Ok(events)
}

/// Parses one line of a stream.
pub(super) fn read_line(line: &[u8], events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    let reply = body::object(line, "a line of JSON")?;
    if !reply["error"].is_null() {
        return Err(ReplyError::InBand(parse_error(&reply)));
    }
    let done = reply["done"]
        .as_bool()
        .ok_or(ReplyError::Malformed("a line of an answer"))?;
    body::push_thought(&reply["message"]["thinking"], events);
    body::push_text(&reply["message"]["content"], events);
    if done {
        body::push_tokens(&[&reply["prompt_eval_count"]], &[&reply["eval_count"]], events);
        // Old versions send no reason.
        let reason = if reply["done_reason"].is_null() {
            &json!("stop")
        } else {
            &reply["done_reason"]
        };
        body::push_finish(reason, events)?;
    }
    Ok(())
}

/// Parses the body of a reply with an error status.
pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| parse_error(&reply))
        .unwrap_or_default()
}

/// Parses `{"error": ".."}`: a message without a code.
fn parse_error(reply: &Value) -> ErrorBody {
    ErrorBody::new(
        None,
        error_body::first_status(&[&reply["status"]]),
        reply["error"].as_str().unwrap_or_default(),
    )
    .with_refusal(&reply["error"])
}

/// Creates a request to embed texts. Long texts are truncated: local embedding models have small context windows, and a
/// vector of the beginning is better than none.
pub(super) fn embed(target: Target<'_>, texts: &[String], dimensions: Option<u32>) -> ProviderRequest {
    let mut request = json!({"model": target.model, "input": texts, "truncate": true});
    if let Some(dimensions) = dimensions {
        request["dimensions"] = json!(dimensions);
    }
    request::post(target.url("api/embed"), key_header(target), &request)
}

#[derive(Deserialize)]
struct Embeddings {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: Value,
}

/// Parses vectors, in the order of the texts.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, ReplyError> {
    let reply: Embeddings = body::json(body, "a list of vectors")?;
    body::vectors(reply.embeddings, &reply.prompt_eval_count)
}

/// Creates a request to list the models.
pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    request::get(target.url("api/tags"), key_header(target))
}

/// Parses the names of the models.
pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, ReplyError> {
    body::names(&body::object(body, "a list of models")?["models"], "name")
}

/// Returns the key header. Only Ollama's cloud and servers behind a proxy need a key.
fn key_header(target: Target<'_>) -> HeaderMap {
    target.key_header(header::AUTHORIZATION, "Bearer ")
}
