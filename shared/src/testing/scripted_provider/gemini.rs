//! The format of Google Gemini (<https://ai.google.dev/api/generate-content>), from the provider's side.

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{
    ReceivedRequest, ScriptedAnswer, ScriptedProvider,
    format::{Asked, Event, Failure, Stream, Streamed, Wire, check_list, dimensions, has_key, text_at},
};
use crate::domain::FinishReason;

pub(super) struct Gemini;

impl Wire for Gemini {
    fn is_key_right(&self, headers: &HeaderMap) -> bool {
        has_key(headers, "x-goog-api-key")
    }

    fn read(&self, path: &str, request: &ReceivedRequest) -> Option<Result<Asked, u16>> {
        if request.method == Method::GET {
            return (path == "models").then_some(Ok(Asked::Models));
        }
        let (model, method) = path.strip_prefix("models/")?.split_once(':')?;
        match method {
            "generateContent" => Some(read_content(model, &request.body, None)),
            // Without this it would be one array of JSON, which nobody should want.
            "streamGenerateContent" if !request.path.ends_with("?alt=sse") => Some(Err(400)),
            "streamGenerateContent" => Some(read_content(
                model,
                &request.body,
                Some(Streamed { with_usage: true }),
            )),
            "batchEmbedContents" => Some(read_embeddings(model, &request.body)),
            _ => None,
        }
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> Stream {
        let tokens = answer.tokens;
        let read = json!({"promptTokenCount": tokens.input, "totalTokenCount": tokens.input});
        Stream {
            before: Vec::new(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| Event::new(&content(model, json!([{"text": piece}]), None, read.clone())))
                .collect(),
            after: vec![Event::new(&content(
                model,
                json!([{"text": ""}]),
                Some(answer.finish),
                usage(answer),
            ))],
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        let parts = json!([{"text": answer.text()}]);
        content(model, parts, has_finish.then_some(answer.finish), usage(answer))
    }

    fn vectors(&self, _model: &str, vectors: &[Vec<f32>], _tokens: usize) -> Value {
        let embeddings: Vec<Value> = vectors.iter().map(|vector| json!({"values": vector})).collect();
        json!({"embeddings": embeddings})
    }

    fn models(&self, models: &[String]) -> Value {
        let models: Vec<Value> = models
            .iter()
            .map(|model| {
                json!({
                    "name": format!("models/{model}"),
                    "displayName": model,
                    "inputTokenLimit": 1_048_576,
                    "outputTokenLimit": 65_536,
                    "supportedGenerationMethods": ["generateContent", "batchEmbedContents"],
                })
            })
            .collect();
        json!({"models": models})
    }

    fn failure(&self, failure: Failure) -> (u16, Value) {
        let (status, message) = match failure {
            Failure::InsufficientQuota => (429, "You exceeded your current quota."),
            Failure::ContextLengthExceeded => (
                400,
                "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            ),
            Failure::Status(status) => (status, "The request failed."),
        };
        let name = match status {
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            408 | 504 => "DEADLINE_EXCEEDED",
            402 | 429 => "RESOURCE_EXHAUSTED",
            400..500 => "INVALID_ARGUMENT",
            502..=503 | 529 => "UNAVAILABLE",
            _ => "INTERNAL",
        };
        let message = format!("{message} {}", ScriptedProvider::FAILURE_WORDS);
        let mut error = json!({"code": status, "message": message, "status": name});
        // The minute's quota and the day's differ in nothing but this.
        let period = match failure {
            Failure::InsufficientQuota => Some("Day"),
            _ => (status == 429).then_some("Minute"),
        };
        if let Some(period) = period {
            let violation = json!({
                "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                "quotaId": format!("GenerateRequestsPer{period}PerProjectPerModel-FreeTier"),
            });
            error["details"] =
                json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}]);
        }
        (status, json!({"error": error}))
    }

    fn failure_event(&self) -> Event {
        Event::new(&self.failure(Failure::Status(503)).1)
    }

    fn content_field(&self) -> &'static str {
        "candidates"
    }
}

fn read_content(model: &str, body: &Value, streamed: Option<Streamed>) -> Result<Asked, u16> {
    check_list(body, "contents")?;
    Ok(Asked::GenerateRequest {
        model: model.to_owned(),
        streamed,
    })
}

fn read_embeddings(model: &str, body: &Value) -> Result<Asked, u16> {
    check_list(body, "requests")?;
    let requests = body["requests"].as_array().ok_or(400_u16)?;
    Ok(Asked::Embed {
        model: model.to_owned(),
        texts: requests
            .iter()
            .map(|request| text_at(&request["content"]["parts"][0], "text"))
            .collect::<Result<_, _>>()?,
        dimensions: dimensions(&requests[0]["outputDimensionality"]),
    })
}

fn content(model: &str, parts: Value, finish: Option<FinishReason>, usage: Value) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(match finish {
            FinishReason::Stop => "STOP",
            FinishReason::Length => "MAX_TOKENS",
            FinishReason::Filtered => "SAFETY",
        });
    }
    json!({"candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "scripted"})
}

fn usage(answer: &ScriptedAnswer) -> Value {
    let tokens = answer.tokens;
    json!({
        "promptTokenCount": tokens.input,
        "candidatesTokenCount": tokens.output,
        "totalTokenCount": tokens.input.saturating_add(tokens.output),
    })
}
