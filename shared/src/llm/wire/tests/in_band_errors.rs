//! Error bodies with a success status.

use super::super::{ApiFormat, ReplyError, read_whole};

/// Format, body of a reply with status 200, status that it reports.
const BODIES: &[(ApiFormat, &str, Option<u16>)] = &[
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#,
        Some(500),
    ),
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"Slow down","type":"tokens","code":"rate_limit_exceeded"}}"#,
        Some(429),
    ),
    (
        ApiFormat::Azure,
        r#"{"error":{"message":"Slow down","code":"429"}}"#,
        Some(429),
    ),
    (
        ApiFormat::Openrouter,
        r#"{"error":{"message":"No credits","code":402}}"#,
        Some(402),
    ),
    (
        ApiFormat::Openrouter,
        r#"{"choices":[{"error":{"message":"Overloaded","code":503},"message":{"content":""},"finish_reason":"error"}]}"#,
        Some(503),
    ),
    (
        ApiFormat::Groq,
        r#"{"choices":[{"message":{"content":"a"}}],"x_groq":{"error":"over capacity"}}"#,
        None,
    ),
    (
        ApiFormat::Vllm,
        r#"{"object":"error","message":"Engine died","type":"InternalServerError","code":500}"#,
        Some(500),
    ),
    (
        ApiFormat::Huggingface,
        r#"{"error":{"message":"gone","type":"x","http_status_code":422}}"#,
        Some(422),
    ),
    (
        ApiFormat::OpenaiCompatible,
        r#"{"error":{"message":"odd","code":200}}"#,
        None,
    ),
    (
        ApiFormat::OpenaiCompatible,
        r#"{"error":{"message":"odd","code":1e300}}"#,
        None,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        Some(529),
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"api_error","message":"Internal"}}"#,
        Some(500),
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow"}}"#,
        Some(429),
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"an_error_of_tomorrow","message":"?"}}"#,
        None,
    ),
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":500,"message":"An internal error","status":"INTERNAL"}}"#,
        Some(500),
    ),
    (
        ApiFormat::Ollama,
        r#"{"error":"an error was encountered while running the model"}"#,
        None,
    ),
];

#[test]
fn the_reported_status_is_parsed() {
    for (kind, body, status) in BODIES {
        let error = read_whole(*kind, body.as_bytes()).unwrap_err();
        let ReplyError::InBand(body_error) = error else {
            panic!("{kind:?} {error:?}")
        };
        assert_eq!(body_error.status, *status, "{kind:?} {body}");
    }
}
