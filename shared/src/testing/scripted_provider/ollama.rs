//! Ollama's own format (<https://docs.ollama.com/api>), from the provider's side.

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{
    ReceivedRequest, ScriptedAnswer, ScriptedProvider,
    format::{Asked, Event, Failure, Stream, Streamed, Wire, check_list, dimensions, text_at, texts_at},
};
use crate::domain::FinishReason;

pub(super) struct Ollama;

const CREATED: &str = "2025-01-01T00:00:00Z";

impl Wire for Ollama {
    fn is_key_right(&self, _headers: &HeaderMap) -> bool {
        true
    }

    fn read(&self, path: &str, request: &ReceivedRequest) -> Option<Result<Asked, u16>> {
        match (&request.method, path) {
            (&Method::GET, "api/tags") => Some(Ok(Asked::Models)),
            (&Method::POST, "api/chat") => Some(read_chat(&request.body)),
            (&Method::POST, "api/embed") => Some(read_embeddings(&request.body)),
            _ => None,
        }
    }

    fn streams_lines(&self) -> bool {
        true
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> Stream {
        Stream {
            before: Vec::new(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| Event::new(&said(model, piece)))
                .collect(),
            after: vec![Event::new(&done(said(model, ""), answer))],
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        let said = said(model, &answer.text());
        if has_finish { done(said, answer) } else { said }
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

    fn failure(&self, failure: Failure) -> (u16, Value) {
        let (status, message) = match failure {
            Failure::InsufficientQuota => (
                429,
                "you (scripted) have reached your weekly usage limit, upgrade for higher limits.",
            ),
            Failure::ContextLengthExceeded => (400, "the input length exceeds the context length"),
            Failure::Status(404) => (404, "model not found, try pulling it first"),
            Failure::Status(status) => (status, "the request failed"),
        };
        (
            status,
            json!({"error": format!("{message} {}", ScriptedProvider::FAILURE_WORDS)}),
        )
    }

    fn failure_event(&self) -> Event {
        Event::new(&self.failure(Failure::Status(500)).1)
    }

    fn content_field(&self) -> &'static str {
        "message"
    }
}

/// Ollama streams unless told not to.
fn read_chat(body: &Value) -> Result<Asked, u16> {
    check_list(body, "messages")?;
    Ok(Asked::GenerateRequest {
        model: text_at(body, "model")?,
        streamed: (body["stream"] != false).then_some(Streamed { with_usage: true }),
    })
}

fn read_embeddings(body: &Value) -> Result<Asked, u16> {
    Ok(Asked::Embed {
        model: text_at(body, "model")?,
        texts: texts_at(body, "input")?,
        dimensions: dimensions(&body["dimensions"]),
    })
}

fn said(model: &str, text: &str) -> Value {
    let message = json!({"role": "assistant", "content": text});
    json!({"model": model, "created_at": CREATED, "message": message, "done": false})
}

fn done(mut said: Value, answer: &ScriptedAnswer) -> Value {
    said["done"] = json!(true);
    said["done_reason"] = json!(match answer.finish {
        // It has no word for text that is withheld.
        FinishReason::Stop | FinishReason::Filtered => "stop",
        FinishReason::Length => "length",
    });
    said["total_duration"] = json!(1);
    said["prompt_eval_count"] = json!(answer.tokens.input);
    said["eval_count"] = json!(answer.tokens.output);
    said
}
