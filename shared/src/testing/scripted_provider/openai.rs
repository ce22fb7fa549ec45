//! The format of OpenAI (<https://platform.openai.com/docs/api-reference/chat>), from the provider's side.

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{
    ReceivedRequest, ScriptedAnswer, ScriptedProvider,
    format::{
        Asked, Event, Failure, Stream, Streamed, Wire, check_list, dimensions, has_header, has_key, text_at,
        texts_at,
    },
};
use crate::domain::FinishReason;

pub(super) struct OpenAi;

const CREATED: u64 = 1_700_000_000;

impl Wire for OpenAi {
    fn is_key_right(&self, headers: &HeaderMap) -> bool {
        let bearer = format!("Bearer {}", ScriptedProvider::KEY);
        has_header(headers, "authorization", &bearer) || has_key(headers, "api-key")
    }

    fn read(&self, path: &str, request: &ReceivedRequest) -> Option<Result<Asked, u16>> {
        match (&request.method, path) {
            (&Method::GET, "models") => Some(Ok(Asked::Models)),
            (&Method::POST, "chat/completions") => Some(read_chat(&request.body)),
            (&Method::POST, "embeddings") => Some(read_embeddings(&request.body)),
            _ => None,
        }
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, with_usage: bool) -> Stream {
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
            Event::new(&chunk(
                json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]),
            ))
        };
        let mut after = vec![choice(json!({}), Some(finish_reason(answer.finish)))];
        if with_usage {
            let mut last = chunk(json!([]));
            last["usage"] = usage(answer);
            after.push(Event::new(&last));
        }
        after.push(Event {
            name: None,
            data: "[DONE]".to_owned(),
        });
        Stream {
            before: vec![choice(json!({"role": "assistant", "content": ""}), None)],
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
                "message": {"role": "assistant", "content": answer.text(), "refusal": null},
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

    fn failure(&self, failure: Failure) -> (u16, Value) {
        let (status, message, kind, code) = match failure {
            Failure::InsufficientQuota => (
                429,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
                json!("insufficient_quota"),
            ),
            Failure::ContextLengthExceeded => (
                400,
                "This model's maximum context length is 8192 tokens.",
                "invalid_request_error",
                json!("context_length_exceeded"),
            ),
            // Only OpenRouter has this one, and it puts a number in `code`.
            Failure::Status(402) => (402, "Insufficient credits.", "insufficient_credits", json!(402)),
            Failure::Status(status) => {
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
        let message = format!("{message} {}", ScriptedProvider::FAILURE_WORDS);
        let error = json!({"message": message, "type": kind, "param": null, "code": code});
        (status, json!({"error": error}))
    }

    fn failure_event(&self) -> Event {
        Event::new(&self.failure(Failure::Status(500)).1)
    }

    fn content_field(&self) -> &'static str {
        "choices"
    }
}

fn read_chat(body: &Value) -> Result<Asked, u16> {
    check_list(body, "messages")?;
    let with_usage = body["stream_options"]["include_usage"] == true;
    Ok(Asked::GenerateRequest {
        model: text_at(body, "model")?,
        streamed: (body["stream"] == true).then_some(Streamed { with_usage }),
    })
}

fn read_embeddings(body: &Value) -> Result<Asked, u16> {
    Ok(Asked::Embed {
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
