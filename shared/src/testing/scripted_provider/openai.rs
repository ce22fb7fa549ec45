//! The provider's side of the OpenAI API (<https://platform.openai.com/docs/api-reference/chat>).

use http::Method;
use serde_json::{Value, json};

use super::{
    answer::ScriptedAnswer,
    protocol::{
        FAILURE_TEXT, KEY, ParsedRequest, Protocol, ScriptedFailure, StreamEvent, StreamOptions,
        StreamedAnswer, check_list, dimensions, has_header, has_key, text_at, texts_at,
    },
    request::ReceivedRequest,
};
use crate::domain::FinishReason;

/// The OpenAI protocol.
pub(super) struct OpenAi;

const CREATED: u64 = 1_700_000_000;

impl Protocol for OpenAi {
    fn is_authorized(&self, request: &ReceivedRequest) -> bool {
        let bearer = format!("Bearer {}", KEY);
        has_header(&request.headers, "authorization", &bearer) || has_key(&request.headers, "api-key")
    }

    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>> {
        match (&request.method, path) {
            (&Method::GET, "models") => Some(Ok(ParsedRequest::ListModels)),
            (&Method::POST, "chat/completions") => Some(parse_chat(&request.body)),
            (&Method::POST, "embeddings") => Some(parse_embeddings(&request.body)),
            _ => None,
        }
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, with_usage: bool) -> StreamedAnswer {
        let chunk = |choices: Value| {
            json!({
                "id": "chatcmpl-scripted",
                "object": "chat.completion.chunk",
                "created": CREATED,
                "model": model,
                "choices": choices,
            })
        };
        let choice = |delta: Value, finish: Option<&str>| {
            StreamEvent::new(&chunk(
                json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]),
            ))
        };
        let mut after = vec![choice(json!({}), Some(finish_reason(answer.finish)))];
        if with_usage {
            let mut last = chunk(json!([]));
            last["usage"] = usage(answer);
            after.push(StreamEvent::new(&last));
        }
        after.push(StreamEvent {
            name: None,
            data: "[DONE]".to_owned(),
        });
        StreamedAnswer {
            before: vec![choice(json!({"role": "assistant", "content": ""}), None)],
            thoughts: answer
                .thoughts
                .iter()
                .map(|thought| choice(json!({"reasoning_content": thought}), None))
                .collect(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| choice(json!({"content": piece}), None))
                .collect(),
            after,
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        json!({
            "id": "chatcmpl-scripted",
            "object": "chat.completion",
            "created": CREATED,
            "model": model,
            "choices": [{
                "index": 0,
                "message": {"role": "assistant", "content": answer.text(), "refusal": null, "reasoning_content": answer.thoughts.concat()},
                "logprobs": null,
                "finish_reason": has_finish.then(|| finish_reason(answer.finish)),
            }],
            "usage": usage(answer),
        })
    }

    fn vectors(&self, model: &str, vectors: &[Vec<f32>], tokens: usize) -> Value {
        let data: Vec<Value> = vectors
            .iter()
            .enumerate()
            .map(|(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector}))
            .collect();
        let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
        json!({"object": "list", "data": data, "model": model, "usage": usage})
    }

    fn models(&self, models: &[String]) -> Value {
        let data: Vec<Value> = models
            .iter()
            .map(|model| json!({"id": model, "object": "model", "created": CREATED, "owned_by": "script"}))
            .collect();
        json!({"object": "list", "data": data})
    }

    fn failure(&self, failure: ScriptedFailure) -> (u16, Value) {
        let refusal = failure.refusal();
        let (status, message, kind, code) = match failure {
            ScriptedFailure::InsufficientQuota => (
                429,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
                json!("insufficient_quota"),
            ),
            ScriptedFailure::ContextLengthExceeded => (
                400,
                "This model's maximum context length is 8192 tokens.",
                "invalid_request_error",
                json!("context_length_exceeded"),
            ),
            ScriptedFailure::ParameterRefused(_) => (
                400,
                refusal.as_str(),
                "invalid_request_error",
                json!("unsupported_parameter"),
            ),
            // Only OpenRouter returns 402, with a number in `code`.
            ScriptedFailure::Status(402) => {
                (402, "Insufficient credits.", "insufficient_credits", json!(402))
            }
            ScriptedFailure::Status(status) => {
                let (kind, code) = match status {
                    401 => ("invalid_request_error", json!("invalid_api_key")),
                    403 => ("request_forbidden", json!("permission_denied")),
                    404 => ("invalid_request_error", json!("model_not_found")),
                    408 => ("timeout", Value::Null),
                    429 => ("requests", json!("rate_limit_exceeded")),
                    400..500 => ("invalid_request_error", Value::Null),
                    _ => ("server_error", Value::Null),
                };
                (status, "The request failed.", kind, code)
            }
        };
        let message = format!("{message} {}", FAILURE_TEXT);
        let param = match failure {
            ScriptedFailure::ParameterRefused(name) => Some(name),
            _ => None,
        };
        let error = json!({"message": message, "type": kind, "param": param, "code": code});
        (status, json!({"error": error}))
    }

    fn failure_event(&self) -> StreamEvent {
        StreamEvent::new(&self.failure(ScriptedFailure::Status(500)).1)
    }

    fn content_field(&self) -> &'static str {
        "choices"
    }
}

fn parse_chat(body: &Value) -> Result<ParsedRequest, u16> {
    check_list(body, "messages")?;
    let with_usage = body["stream_options"]["include_usage"] == true;
    Ok(ParsedRequest::Generate {
        model: text_at(body, "model")?,
        stream: (body["stream"] == true).then_some(StreamOptions { with_usage }),
    })
}

fn parse_embeddings(body: &Value) -> Result<ParsedRequest, u16> {
    Ok(ParsedRequest::Embed {
        model: text_at(body, "model")?,
        texts: texts_at(body, "input")?,
        dimensions: dimensions(&body["dimensions"]),
    })
}

fn finish_reason(finish: FinishReason) -> &'static str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::Filtered => "content_filter",
    }
}

fn usage(answer: &ScriptedAnswer) -> Value {
    let tokens = answer.tokens;
    json!({
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input.saturating_add(tokens.output),
    })
}
