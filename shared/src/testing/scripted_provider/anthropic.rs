//! The format of Anthropic (<https://docs.anthropic.com/en/api/messages>), from the provider's side.

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{
    ReceivedRequest, ScriptedAnswer, ScriptedProvider,
    format::{Asked, Event, Failure, Stream, Streamed, Wire, check_list, has_key, text_at},
};
use crate::domain::FinishReason;

pub(super) struct Anthropic;

impl Wire for Anthropic {
    fn is_key_right(&self, headers: &HeaderMap) -> bool {
        has_key(headers, "x-api-key")
    }

    fn read(&self, path: &str, request: &ReceivedRequest) -> Option<Result<Asked, u16>> {
        let asked = match (&request.method, path) {
            (&Method::GET, "models") => Ok(Asked::Models),
            (&Method::POST, "messages") => read_messages(&request.body),
            _ => return None,
        };
        let has_version = request.headers.contains_key("anthropic-version");
        Some(if has_version { asked } else { Err(400) })
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> Stream {
        let mut message = message(model, json!([]), Value::Null);
        message["usage"] = json!({"input_tokens": answer.tokens.input, "output_tokens": 1});
        let block = json!({"type": "text", "text": ""});
        let stop = json!({"stop_reason": stop_reason(answer.finish), "stop_sequence": null});
        Stream {
            before: vec![
                event("message_start", json!({"message": message})),
                event("content_block_start", json!({"index": 0, "content_block": block})),
                event("ping", json!({})),
            ],
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
        let content = match answer.text() {
            text if text.is_empty() => json!([]),
            text => json!([{"type": "text", "text": text}]),
        };
        let mut message = message(
            model,
            content,
            json!(has_finish.then(|| stop_reason(answer.finish))),
        );
        message["usage"] =
            json!({"input_tokens": answer.tokens.input, "output_tokens": answer.tokens.output});
        message
    }

    /// Never asked for: Anthropic has no embeddings.
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

    fn failure(&self, failure: Failure) -> (u16, Value) {
        let (status, message) = match failure {
            Failure::InsufficientQuota => {
                (400, "Your credit balance is too low to access the Anthropic API.")
            }
            Failure::ContextLengthExceeded => (400, "prompt is too long: 210000 tokens > 200000 maximum"),
            Failure::Status(status) => (status, "The request failed."),
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
        (status, failure_of(kind, message))
    }

    fn failure_event(&self) -> Event {
        Event {
            name: Some("error"),
            data: failure_of("overloaded_error", "Overloaded.").to_string(),
        }
    }

    fn content_field(&self) -> &'static str {
        "content"
    }
}

fn read_messages(body: &Value) -> Result<Asked, u16> {
    check_list(body, "messages")?;
    body["max_tokens"]
        .as_u64()
        .filter(|most| *most > 0)
        .ok_or(400_u16)?;
    Ok(Asked::GenerateRequest {
        model: text_at(body, "model")?,
        streamed: (body["stream"] == true).then_some(Streamed { with_usage: true }),
    })
}

/// An event repeats its name as the type of its data.
fn event(name: &'static str, data: Value) -> Event {
    let mut typed = json!({"type": name});
    if let (Some(typed), Value::Object(data)) = (typed.as_object_mut(), data) {
        typed.extend(data);
    }
    Event {
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

fn failure_of(kind: &str, message: &str) -> Value {
    let message = format!("{message} {}", ScriptedProvider::FAILURE_WORDS);
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"})
}

fn stop_reason(finish: FinishReason) -> &'static str {
    match finish {
        FinishReason::Stop => "end_turn",
        FinishReason::Length => "max_tokens",
        FinishReason::Filtered => "refusal",
    }
}
