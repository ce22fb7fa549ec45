//! The provider's side of the Google Gemini API (<https://ai.google.dev/api/generate-content>).

use http::Method;
use serde_json::{Value, json};

use super::{
    answer::ScriptedAnswer,
    protocol::{
        FAILURE_TEXT, ParsedRequest, Protocol, ScriptedFailure, StreamEvent, StreamOptions, StreamedAnswer,
        check_list, dimensions, has_key, text_at,
    },
    request::ReceivedRequest,
};
use crate::domain::FinishReason;

/// The Gemini protocol.
pub(super) struct Gemini;

impl Protocol for Gemini {
    fn is_authorized(&self, request: &ReceivedRequest) -> bool {
        has_key(&request.headers, "x-goog-api-key")
    }

    fn parse(&self, path: &str, request: &ReceivedRequest) -> Option<Result<ParsedRequest, u16>> {
        if request.method == Method::GET {
            return (path == "models").then_some(Ok(ParsedRequest::ListModels));
        }
        let (model, method) = path.strip_prefix("models/")?.split_once(':')?;
        match method {
            "generateContent" => Some(parse_content(model, &request.body, None)),
            // Without `alt=sse` the reply would be one JSON array, which no client should request.
            "streamGenerateContent" if !request.path.ends_with("?alt=sse") => Some(Err(400)),
            "streamGenerateContent" => Some(parse_content(
                model,
                &request.body,
                Some(StreamOptions { with_usage: true }),
            )),
            "batchEmbedContents" => Some(parse_embeddings(model, &request.body)),
            _ => None,
        }
    }

    fn stream(&self, model: &str, answer: &ScriptedAnswer, _with_usage: bool) -> StreamedAnswer {
        let tokens = answer.tokens;
        let prompt_usage = json!({"promptTokenCount": tokens.input, "totalTokenCount": tokens.input});
        StreamedAnswer {
            before: Vec::new(),
            thoughts: answer
                .thoughts
                .iter()
                .map(|thought| {
                    let parts = json!([{"text": thought, "thought": true}]);
                    StreamEvent::new(&content(model, parts, None, prompt_usage.clone()))
                })
                .collect(),
            tokens: answer
                .pieces
                .iter()
                .map(|piece| {
                    StreamEvent::new(&content(
                        model,
                        json!([{"text": piece}]),
                        None,
                        prompt_usage.clone(),
                    ))
                })
                .collect(),
            after: vec![StreamEvent::new(&content(
                model,
                json!([{"text": ""}]),
                Some(answer.finish),
                usage(answer),
            ))],
        }
    }

    fn whole(&self, model: &str, answer: &ScriptedAnswer, has_finish: bool) -> Value {
        let parts = json!([{"text": answer.thoughts.concat(), "thought": true}, {"text": answer.text()}]);
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

    fn failure(&self, failure: ScriptedFailure) -> (u16, Value) {
        let refusal = failure.refusal();
        let (status, message) = match failure {
            ScriptedFailure::InsufficientQuota => (429, "You exceeded your current quota."),
            ScriptedFailure::ContextLengthExceeded => (
                400,
                "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            ),
            ScriptedFailure::ParameterRefused(_) => (400, refusal.as_str()),
            ScriptedFailure::Status(status) => (status, "The request failed."),
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
        let message = format!("{message} {}", FAILURE_TEXT);
        let mut error = json!({"code": status, "message": message, "status": name});
        // Only `quotaId` distinguishes a quota per minute from one per day.
        let period = match failure {
            ScriptedFailure::InsufficientQuota => Some("Day"),
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

    fn failure_event(&self) -> StreamEvent {
        StreamEvent::new(&self.failure(ScriptedFailure::Status(503)).1)
    }

    fn content_field(&self) -> &'static str {
        "candidates"
    }
}

fn parse_content(model: &str, body: &Value, stream: Option<StreamOptions>) -> Result<ParsedRequest, u16> {
    check_list(body, "contents")?;
    Ok(ParsedRequest::Generate {
        model: model.to_owned(),
        stream,
    })
}

fn parse_embeddings(model: &str, body: &Value) -> Result<ParsedRequest, u16> {
    check_list(body, "requests")?;
    let requests = body["requests"].as_array().ok_or(400_u16)?;
    Ok(ParsedRequest::Embed {
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
