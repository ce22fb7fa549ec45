//! The provider's side of the native Ollama API (<https://docs.ollama.com/api>).

use http::Method;
use serde_json::{Value, json};

use super::{
    answer::ScriptedAnswer,
    protocol::{
        FAILURE_TEXT, ParsedRequest, Protocol, ScriptedFailure, StreamEvent, StreamOptions, StreamedAnswer,
        check_list, dimensions, text_at, texts_at,
    },
    request::ReceivedRequest,
};
use crate::domain::FinishReason;

/// The native Ollama protocol.
pub(super) struct Ollama;

const CREATED: &str = "2025-01-01T00:00:00Z";

impl Protocol for Ollama {
    fn is_authorized(&self, _request: &ReceivedRequest) -> bool {
        true
    }

    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>> {
        match (&request.method, path) {
            (&Method::GET, "api/tags") => Some(Ok(ParsedRequest::ListModels)),
            (&Method::POST, "api/chat") => Some(parse_chat(&request.body)),
            (&Method::POST, "api/embed") => Some(parse_embeddings(&request.body)),
            _ => None,
        }
    }

    fn streams_ndjson(&self) -> bool {
        true
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> StreamedAnswer {
        StreamedAnswer {
            before: Vec::new(),
            thoughts: answer
                .thoughts
                .iter()
                .map(|thought| {
                    let mut reply = chat_reply(model, "");
                    reply["message"]["thinking"] = json!(thought);
                    StreamEvent::new(&reply)
                })
                .collect(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| StreamEvent::new(&chat_reply(model, piece)))
                .collect(),
            after: vec![StreamEvent::new(&finished(chat_reply(model, ""), answer))],
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        let mut reply = chat_reply(model, &answer.text());
        reply["message"]["thinking"] = json!(answer.thoughts.concat());
        if has_finish {
            finished(reply, answer)
        } else {
            reply
        }
    }

    fn vectors(&self, model: &str, vectors: &[Vec<f32>], tokens: usize) -> Value {
        json!({"model": model, "embeddings": vectors, "total_duration": 1, "load_duration": 1, "prompt_eval_count": tokens})
    }

    fn models(&self, models: &[String]) -> Value {
        let models: Vec<Value> = models
            .iter()
            .map(|model| json!({"name": model, "model": model, "modified_at": CREATED, "size": 1, "digest": "0"}))
            .collect();
        json!({"models": models})
    }

    fn failure(&self, failure: ScriptedFailure) -> (u16, Value) {
        let refusal = failure.refusal();
        let (status, message) = match failure {
            ScriptedFailure::InsufficientQuota => (
                429,
                "you (scripted) have reached your weekly usage limit, upgrade for higher limits.",
            ),
            ScriptedFailure::ContextLengthExceeded => (400, "the input length exceeds the context length"),
            ScriptedFailure::Status(404) => (404, "model not found, try pulling it first"),
            ScriptedFailure::ParameterRefused(_) => (400, refusal.as_str()),
            ScriptedFailure::Status(status) => (status, "the request failed"),
        };
        (status, json!({"error": format!("{message} {}", FAILURE_TEXT)}))
    }

    fn failure_event(&self) -> StreamEvent {
        StreamEvent::new(&self.failure(ScriptedFailure::Status(500)).1)
    }

    fn content_field(&self) -> &'static str {
        "message"
    }
}

/// Parses a chat request. Ollama streams by default.
fn parse_chat(body: &Value) -> Result<ParsedRequest, u16> {
    check_list(body, "messages")?;
    Ok(ParsedRequest::Generate {
        model: text_at(body, "model")?,
        stream: (body["stream"] != false).then_some(StreamOptions { with_usage: true }),
    })
}

fn parse_embeddings(body: &Value) -> Result<ParsedRequest, u16> {
    Ok(ParsedRequest::Embed {
        model: text_at(body, "model")?,
        texts: texts_at(body, "input")?,
        dimensions: dimensions(&body["dimensions"]),
    })
}

fn chat_reply(model: &str, text: &str) -> Value {
    let message = json!({"role": "assistant", "content": text});
    json!({"model": model, "created_at": CREATED, "message": message, "done": false})
}

fn finished(mut reply: Value, answer: &ScriptedAnswer) -> Value {
    reply["done"] = json!(true);
    reply["done_reason"] = json!(match answer.finish {
        // Ollama has no reason for filtered text.
        FinishReason::Stop | FinishReason::Filtered => "stop",
        FinishReason::Length => "length",
    });
    reply["total_duration"] = json!(1);
    reply["prompt_eval_count"] = json!(answer.tokens.input);
    reply["eval_count"] = json!(answer.tokens.output);
    reply
}
