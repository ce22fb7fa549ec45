//! The Anthropic Messages API.
//!
//! Messages: <https://platform.claude.com/docs/en/api/messages/create>.
//! Streams: <https://platform.claude.com/docs/en/build-with-claude/streaming>.
//! JSON schemas: <https://platform.claude.com/docs/en/build-with-claude/structured-outputs>.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{
    body,
    error_body::{self, ErrorBody},
    parameters::{Parameter, ReasoningEffort},
    reply::{ReplyError, ReplyEvent},
    request::{self, ProviderRequest, Target},
};
use crate::domain::{FinishReason, Prompt};

/// Creates a request to answer a prompt.
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
    if target.parameters.has(Parameter::Temperature) {
        // Anthropic's maximum is 1.
        request["temperature"] = json!(body::temperature(prompt, 1.0));
    }
    if !prompt.stop.is_empty() {
        request["stop_sequences"] = json!(prompt.stop);
    }
    if let Some(schema) = &prompt.schema {
        request["output_config"]["format"] = json!({"type": "json_schema", "schema": schema.json});
    }
    if let Some(effort) = target.parameters.effort() {
        // The effort has no lower level.
        request["output_config"]["effort"] =
            json!(effort.clamp(ReasoningEffort::Low, ReasoningEffort::High).name());
    }
    request::post(target.url("messages"), headers(target), &request)
}

/// Parses a whole message.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
    let message = body::object(body, "a message")?;
    if message["type"] == "error" {
        return Err(ReplyError::InBand(parse_error(&message)));
    }
    let content = message["content"]
        .as_array()
        .ok_or(ReplyError::Malformed("a message"))?;
    let mut events = Vec::new();
    for block in content {
        match block["type"].as_str() {
            Some("text") => body::push_text(&block["text"], &mut events),
            Some("thinking") => body::push_thought(&block["thinking"], &mut events),
            // Other types are redacted thoughts and tool use.
            _ => {}
        }
    }
    read_usage(&message["usage"], &mut events);
    body::push_finish(&message["stop_reason"], &mut events)?;
    Ok(events)
}

/// Parses one event of a stream. Its data repeats the event name; unknown types are skipped.
pub(super) fn read_event(name: &str, data: &str, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    let event = body::object(data.as_bytes(), "an event of a message")?;
    match event["type"].as_str().unwrap_or(name) {
        "message_start" => read_usage(&event["message"]["usage"], events),
        "content_block_start" if event["content_block"]["type"] == "text" => {
            body::push_text(&event["content_block"]["text"], events);
        }
        "content_block_delta" if event["delta"]["type"] == "text_delta" => {
            body::push_text(&event["delta"]["text"], events);
        }
        "content_block_delta" if event["delta"]["type"] == "thinking_delta" => {
            body::push_thought(&event["delta"]["thinking"], events);
        }
        "message_delta" => {
            read_usage(&event["usage"], events);
            body::push_finish(&event["delta"]["stop_reason"], events)?;
        }
        // Some compatible servers report no stop reason.
        "message_stop" => events.push(ReplyEvent::Finish(FinishReason::Stop)),
        "error" => return Err(ReplyError::InBand(parse_error(&event))),
        _ => {}
    }
    Ok(())
}

/// Parses the token usage. `input_tokens` excludes tokens read from and written to the cache.
fn read_usage(usage: &Value, events: &mut Vec<ReplyEvent>) {
    let input = [
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    ]
    .map(|field| &usage[field]);
    body::push_tokens(&input, &[&usage["output_tokens"]], events);
}

/// Parses the body of a reply with an error status.
pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| parse_error(&reply))
        .unwrap_or_default()
}

fn parse_error(reply: &Value) -> ErrorBody {
    let error = &reply["error"];
    let code = error_body::first_code(&[&error["type"]]);
    ErrorBody::new(
        code,
        code.and_then(status_of),
        error["message"].as_str().unwrap_or_default(),
    )
    .with_refusal(error)
}

/// Maps an error code to its HTTP status (<https://platform.claude.com/docs/en/api/errors>).
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

/// Creates a request to list the models.
pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    let mut url = target.url("models");
    url.query_pairs_mut().append_pair("limit", "1000");
    request::get(url, headers(target))
}

/// Parses the names of the models.
pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, ReplyError> {
    body::names(&body::object(body, "a list of models")?["data"], "id")
}

fn headers(target: Target<'_>) -> HeaderMap {
    let mut headers = target.key_header(HeaderName::from_static("x-api-key"), "");
    headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    headers
}
