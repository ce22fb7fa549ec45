//! Ollama's own format: <https://docs.ollama.com/api/chat>, <https://docs.ollama.com/api/embed>,
//! <https://docs.ollama.com/api/tags>, <https://docs.ollama.com/api/errors>.

use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{self, ErrorBody};
use super::{Event, Fault, ProviderRequest, Target, Vectors};
use crate::domain::{FinishReason, Prompt};

pub(super) fn generate(target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let mut messages = vec![json!({"role": "user", "content": prompt.user})];
    if !prompt.system.is_empty() {
        messages.insert(0, json!({"role": "system", "content": prompt.system}));
    }
    let mut options = json!({"num_predict": prompt.max_tokens, "num_ctx": context_window(prompt)});
    if target.takes_temperature {
        options["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        options["stop"] = json!(prompt.stop);
    }
    // Otherwise a prompt that is too long loses its middle in silence. These two are in the source only
    // (<https://github.com/ollama/ollama/blob/main/api/types.go>); with them it is an error with status 400.
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
    body::post(target.at("api/chat"), key_header(target), &request)
}

/// The tokens that prompt and answer need. Left to itself Ollama takes 4,096 on most machines
/// (<https://docs.ollama.com/context-length>). Two bytes a token is more than any common script needs. A power of two,
/// because a model is loaded anew for every other size; a size beyond the model's own is lowered by the server.
fn context_window(prompt: &Prompt) -> u32 {
    const TEMPLATE: u32 = 256;
    const LEAST: u32 = 4_096;
    const MOST: u32 = 1 << 20;
    let read = u32::try_from(prompt.bytes() / 2).unwrap_or(MOST);
    let needed = read.saturating_add(prompt.max_tokens).saturating_add(TEMPLATE);
    needed.clamp(LEAST, MOST).next_power_of_two()
}

/// A whole reply: it has the shape of the only line of a stream.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    read_line(body, &mut events)?;
    Ok(events)
}

/// A line of a stream.
pub(super) fn read_line(line: &[u8], events: &mut Vec<Event>) -> Result<(), Fault> {
    let reply = body::object(line, "a line of JSON")?;
    if !reply["error"].is_null() {
        return Err(Fault::InBand(error_body(&reply)));
    }
    let done = reply["done"]
        .as_bool()
        .ok_or(Fault::Malformed("a line of an answer"))?;
    // Thoughts are in `message.thinking`.
    body::push_text(&reply["message"]["content"], events);
    if done {
        body::push_tokens(&[&reply["prompt_eval_count"]], &[&reply["eval_count"]], events);
        // Old versions give no reason.
        let reason = if reply["done_reason"].is_null() {
            &json!("stop")
        } else {
            &reply["done_reason"]
        };
        body::push_finish(reason, finish, events)?;
    }
    Ok(())
}

/// `load` and `unload` belong to requests without a prompt.
fn finish(reason: &str) -> Option<FinishReason> {
    match reason {
        "stop" => Some(FinishReason::Stop),
        "length" => Some(FinishReason::Length),
        _ => None,
    }
}

pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| error_body(&reply))
        .unwrap_or_default()
}

/// `{"error": ".."}`: a sentence, no name.
fn error_body(reply: &Value) -> ErrorBody {
    ErrorBody::new(
        None,
        body::first_status(&[&reply["status"]]),
        reply["error"].as_str().unwrap_or_default(),
    )
}

/// Local models for vectors read little; the beginning of a text is better than no vector, so it may be cut.
pub(super) fn embed(target: Target<'_>, texts: &[String], dimensions: Option<u32>) -> ProviderRequest {
    let mut request = json!({"model": target.model, "input": texts, "truncate": true});
    if let Some(dimensions) = dimensions {
        request["dimensions"] = json!(dimensions);
    }
    body::post(target.at("api/embed"), key_header(target), &request)
}

#[derive(Deserialize)]
struct Embeddings {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: Value,
}

/// Vectors in the order of the texts.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, Fault> {
    let reply: Embeddings = body::json(body, "a list of vectors")?;
    body::vectors(reply.embeddings, &reply.prompt_eval_count)
}

pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    body::get(target.at("api/tags"), key_header(target))
}

pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, Fault> {
    body::names(&body::object(body, "a list of models")?["models"], "name")
}

/// Only Ollama's own cloud and servers behind a proxy want a key.
fn key_header(target: Target<'_>) -> HeaderMap {
    target.key_header(header::AUTHORIZATION, "Bearer ")
}
