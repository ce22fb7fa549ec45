//! The provider's side of the Anthropic Messages API (<https://docs.anthropic.com/en/api/messages>).

use http::Method;
use serde_json::{Value, json};

use super::{
    answer::ScriptedAnswer,
    protocol::{
        FAILURE_TEXT, ParsedRequest, Protocol, ScriptedFailure, StreamEvent, StreamOptions, StreamedAnswer,
        check_list, has_key, text_at,
    },
    request::ReceivedRequest,
};
use crate::domain::FinishReason;

/// The Anthropic protocol.
pub(super) struct Anthropic;

impl Protocol for Anthropic {
    fn is_authorized(&self, request: &ReceivedRequest) -> bool {
        has_key(&request.headers, "x-api-key")
    }

    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>> {
        let parsed = match (&request.method, path) {
            (&Method::GET, "models") => Ok(ParsedRequest::ListModels),
            (&Method::POST, "messages") => parse_messages(&request.body),
            _ => return None,
        };
        let has_version = request.headers.contains_key("anthropic-version");
        Some(if has_version { parsed } else { Err(400) })
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> StreamedAnswer {
        let mut message = message(model, json!([]), Value::Null);
        message["usage"] = json!({"input_tokens": answer.tokens.input, "output_tokens": 1});
        let block = json!({"type": "text", "text": ""});
        let stop = json!({"stop_reason": stop_reason(answer.finish), "stop_sequence": null});
        StreamedAnswer {
            before: vec![
                event("message_start", json!({"message": message})),
                event("content_block_start", json!({"index": 0, "content_block": block})),
                event("ping", json!({})),
            ],
            thoughts: answer
                .thoughts
                .iter()
                .map(|thought| json!({"index": 0, "delta": {"type": "thinking_delta", "thinking": thought}}))
                .map(|delta| event("content_block_delta", delta))
                .collect(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| json!({"index": 0, "delta": {"type": "text_delta", "text": piece}}))
                .map(|delta| event("content_block_delta", delta))
                .collect(),
            after: vec![
                event("content_block_stop", json!({"index": 0})),
                event(
                    "message_delta",
                    json!({"delta": stop, "usage": {"output_tokens": answer.tokens.output}}),
                ),
                event("message_stop", json!({})),
            ],
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        let blocks = [("thinking", answer.thoughts.concat()), ("text", answer.text())];
        let content: Vec<Value> = blocks
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(kind, text)| json!({"type": kind, (kind): text}))
            .collect();
        let mut message = message(
            model,
            json!(content),
            json!(has_finish.then(|| stop_reason(answer.finish))),
        );
        message["usage"] =
            json!({"input_tokens": answer.tokens.input, "output_tokens": answer.tokens.output});
        message
    }

    /// Unreachable: Anthropic has no embeddings API.
    fn vectors(&self, _model: &str, _vectors: &[Vec<f32>], _tokens: usize) -> Value {
        Value::Null
    }

    fn models(&self, models: &[String]) -> Value {
        let created = "2025-01-01T00:00:00Z";
        let data: Vec<Value> = models
            .iter()
            .map(|model| json!({"type": "model", "id": model, "display_name": model, "created_at": created}))
            .collect();
        json!({"data": data, "has_more": false, "first_id": models.first(), "last_id": models.last()})
    }

    fn failure(&self, failure: ScriptedFailure) -> (u16, Value) {
        let refusal = failure.refusal();
        let (status, message) = match failure {
            ScriptedFailure::InsufficientQuota => {
                (400, "Your credit balance is too low to access the Anthropic API.")
            }
            ScriptedFailure::ContextLengthExceeded => {
                (400, "prompt is too long: 210000 tokens > 200000 maximum")
            }
            ScriptedFailure::ParameterRefused(_) => (400, refusal.as_str()),
            ScriptedFailure::Status(status) => (status, "The request failed."),
        };
        let kind = match status {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            400..500 => "invalid_request_error",
            _ => "api_error",
        };
        (status, error_body(kind, message))
    }

    fn failure_event(&self) -> StreamEvent {
        StreamEvent {
            name: Some("error"),
            data: error_body("overloaded_error", "Overloaded.").to_string(),
        }
    }

    fn content_field(&self) -> &'static str {
        "content"
    }
}

fn parse_messages(body: &Value) -> Result<ParsedRequest, u16> {
    check_list(body, "messages")?;
    body["max_tokens"]
        .as_u64()
        .filter(|max_tokens| *max_tokens > 0)
        .ok_or(400_u16)?;
    Ok(ParsedRequest::Generate {
        model: text_at(body, "model")?,
        stream: (body["stream"] == true).then_some(StreamOptions { with_usage: true }),
    })
}

/// Creates an event, whose data repeats the name as `type`.
fn event(name: &'static str, data: Value) -> StreamEvent {
    let mut typed = json!({"type": name});
    if let (Some(typed), Value::Object(data)) = (typed.as_object_mut(), data) {
        typed.extend(data);
    }
    StreamEvent {
        name: Some(name),
        data: typed.to_string(),
    }
}

fn message(model: &str, content: Value, stop_reason: Value) -> Value {
    json!({
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": null,
    })
}

fn error_body(kind: &str, message: &str) -> Value {
    let message = format!("{message} {}", FAILURE_TEXT);
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"})
}

fn stop_reason(finish: FinishReason) -> &'static str {
    match finish {
        FinishReason::Stop => "end_turn",
        FinishReason::Length => "max_tokens",
        FinishReason::Filtered => "refusal",
    }
}
