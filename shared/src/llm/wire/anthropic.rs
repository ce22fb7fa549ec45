//! Anthropic messages: <https://platform.claude.com/docs/en/api/messages/create>,
//! streams: <https://platform.claude.com/docs/en/build-with-claude/streaming>,
//! JSON of a given shape: <https://platform.claude.com/docs/en/build-with-claude/structured-outputs>.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::body::{self, ErrorBody};
use super::{Event, Fault, ProviderRequest, Target};
use crate::domain::{FinishReason, Prompt};

pub(super) fn generate(target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let mut request = json!({
        "model": target.model,
        "max_tokens": prompt.max_tokens,
        "messages": [{"role": "user", "content": prompt.user}],
        "stream": stream,
    });
    if !prompt.system.is_empty() {
        request["system"] = json!(prompt.system);
    }
    if target.takes_temperature {
        // Anthropic's goes to 1 only.
        request["temperature"] = json!(body::temperature(prompt, 1.0));
    }
    if !prompt.stop.is_empty() {
        request["stop_sequences"] = json!(prompt.stop);
    }
    if let Some(schema) = &prompt.schema {
        request["output_config"] = json!({"format": {"type": "json_schema", "schema": schema.json}});
    }
    body::post(target.at("messages"), headers(target), &request)
}

/// A whole message.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<Event>, Fault> {
    let message = body::object(body, "a message")?;
    if message["type"] == "error" {
        return Err(Fault::InBand(error_body(&message)));
    }
    let content = message["content"]
        .as_array()
        .ok_or(Fault::Malformed("a message"))?;
    let mut events = Vec::new();
    // Blocks of other types are thoughts and tools.
    content
        .iter()
        .filter(|block| block["type"] == "text")
        .for_each(|block| body::push_text(&block["text"], &mut events));
    read_usage(&message["usage"], &mut events);
    body::push_finish(&message["stop_reason"], finish, &mut events)?;
    Ok(events)
}

/// An event of a stream. Its name stands in its data too; types that are not known here are passed over.
pub(super) fn read_event(name: &str, data: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
    let event = body::object(data.as_bytes(), "an event of a message")?;
    match event["type"].as_str().unwrap_or(name) {
        "message_start" => read_usage(&event["message"]["usage"], events),
        "content_block_start" if event["content_block"]["type"] == "text" => {
            body::push_text(&event["content_block"]["text"], events);
        }
        "content_block_delta" if event["delta"]["type"] == "text_delta" => {
            body::push_text(&event["delta"]["text"], events);
        }
        "message_delta" => {
            read_usage(&event["usage"], events);
            body::push_finish(&event["delta"]["stop_reason"], finish, events)?;
        }
        "error" => return Err(Fault::InBand(error_body(&event))),
        _ => {}
    }
    Ok(())
}

/// <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons>. A paused turn is not whole; only tools
/// of the provider's pause one, and none are offered.
fn finish(reason: &str) -> Option<FinishReason> {
    match reason {
        "end_turn" | "stop_sequence" => Some(FinishReason::Stop),
        "max_tokens" | "model_context_window_exceeded" | "pause_turn" => Some(FinishReason::Length),
        "refusal" => Some(FinishReason::Filtered),
        _ => None,
    }
}

/// What is read from and written to the cache is not in `input_tokens`.
fn read_usage(usage: &Value, events: &mut Vec<Event>) {
    let input = [
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    ]
    .map(|field| &usage[field]);
    body::push_tokens(&input, &[&usage["output_tokens"]], events);
}

pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| error_body(&reply))
        .unwrap_or_default()
}

fn error_body(reply: &Value) -> ErrorBody {
    let error = &reply["error"];
    let code = body::first_word(&[&error["type"]]);
    ErrorBody::new(
        code,
        code.and_then(status_of),
        error["message"].as_str().unwrap_or_default(),
    )
}

/// <https://platform.claude.com/docs/en/api/errors>.
fn status_of(code: &str) -> Option<u16> {
    match code {
        "invalid_request_error" => Some(400),
        "authentication_error" => Some(401),
        "billing_error" => Some(402),
        "permission_error" => Some(403),
        "not_found_error" => Some(404),
        "conflict_error" => Some(409),
        "request_too_large" => Some(413),
        "rate_limit_error" => Some(429),
        "api_error" => Some(500),
        "timeout_error" => Some(504),
        "overloaded_error" => Some(529),
        _ => None,
    }
}

pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    let mut url = target.at("models");
    url.query_pairs_mut().append_pair("limit", "1000");
    body::get(url, headers(target))
}

pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, Fault> {
    body::names(&body::object(body, "a list of models")?["data"], "id")
}

fn headers(target: Target<'_>) -> HeaderMap {
    let mut headers = target.key_header(HeaderName::from_static("x-api-key"), "");
    headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    headers
}
