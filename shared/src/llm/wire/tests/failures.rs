//! Known error bodies of each provider, and their classification.

use super::super::{ApiFormat, ErrorBody, read_error};

#[derive(Debug, PartialEq)]
enum Class {
    Unclassified,
    ContextLength,
    Quota,
}
use Class::{ContextLength, Quota, Unclassified};

/// Format, body, error code, class.
const BODIES: &[(ApiFormat, &str, Option<&str>, Class)] = &[
    // OpenAI and compatible servers.
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"Incorrect API key provided: sk-abc.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
        Some("invalid_api_key"),
        Unclassified,
    ),
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
        Some("insufficient_quota"),
        Quota,
    ),
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"Billing hard limit has been reached","type":"invalid_request_error","param":null,"code":"billing_hard_limit_reached"}}"#,
        Some("billing_hard_limit_reached"),
        Quota,
    ),
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"Rate limit reached for gpt-5.4 on requests per min (RPM): Limit 3, Used 3.","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#,
        Some("rate_limit_exceeded"),
        Unclassified,
    ),
    (
        ApiFormat::Openai,
        r#"{"error":{"message":"Too long.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
        Some("context_length_exceeded"),
        ContextLength,
    ),
    (
        ApiFormat::Azure,
        r#"{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation have exceeded call rate limit."}}"#,
        None,
        Unclassified,
    ),
    (
        ApiFormat::Azure,
        r#"{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        Some("content_filter"),
        Unclassified,
    ),
    (
        ApiFormat::Groq,
        r#"{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}}"#,
        Some("invalid_request_error"),
        ContextLength,
    ),
    (
        ApiFormat::Openrouter,
        r#"{"error":{"message":"This request requires more credits, or fewer max_tokens.","code":402,"metadata":{"provider_name":null}},"user_id":"user_1"}"#,
        None,
        Quota,
    ),
    (
        ApiFormat::Openrouter,
        r#"{"error":{"message":"Other requests hold your balance.","code":402,"metadata":{"limit_source":"openrouter_in_flight_budget"}}}"#,
        None,
        Unclassified,
    ),
    (
        ApiFormat::Openrouter,
        r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens.\"}}","provider_name":"Azure"}}}"#,
        None,
        ContextLength,
    ),
    (
        ApiFormat::Huggingface,
        r#"{"error":"You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO."}"#,
        None,
        Quota,
    ),
    (
        ApiFormat::Huggingface,
        r#"{"error":"Input validation error: `inputs` must have less than 4096 tokens. Given: 5000","error_type":"validation"}"#,
        Some("validation"),
        ContextLength,
    ),
    (
        ApiFormat::Huggingface,
        r#"{"error":{"message":"The requested model 'x' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#,
        Some("model_not_found"),
        Unclassified,
    ),
    (
        ApiFormat::Llamacpp,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":10000,"n_ctx":4096}}"#,
        Some("exceed_context_size_error"),
        ContextLength,
    ),
    (
        ApiFormat::Llamacpp,
        r#"{"error":{"message":"Requested tokens (3000) exceed context window of 2048","type":"internal_server_error","param":null,"code":null}}"#,
        Some("internal_server_error"),
        ContextLength,
    ),
    (
        ApiFormat::Llamacpp,
        r#"{"detail":"Invalid API key"}"#,
        None,
        Unclassified,
    ),
    (
        ApiFormat::Llamacpp,
        r#"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#,
        None,
        Unclassified,
    ),
    (
        ApiFormat::Vllm,
        r#"{"object":"error","message":"This model's maximum context length is 2048 tokens.","type":"BadRequestError","param":null,"code":400}"#,
        Some("badrequesterror"),
        ContextLength,
    ),
    (
        ApiFormat::Vllm,
        r#"{"error":{"message":"The decoder prompt (length 9000) is longer than the maximum model length of 4096.","type":"BadRequestError","param":"input_tokens","code":400}}"#,
        Some("badrequesterror"),
        ContextLength,
    ),
    (
        ApiFormat::Bedrock,
        r#"{"message":"Input is too long for requested model."}"#,
        None,
        ContextLength,
    ),
    (
        ApiFormat::OpenaiCompatible,
        r#"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#,
        Some("unknown_error"),
        Quota,
    ),
    // Anthropic.
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_011"}"#,
        Some("authentication_error"),
        Unclassified,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}"#,
        Some("invalid_request_error"),
        ContextLength,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 197901 + 8192 > 200000"}}"#,
        Some("invalid_request_error"),
        ContextLength,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
        Some("invalid_request_error"),
        Quota,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"billing_error","message":"Payment failed."}}"#,
        Some("billing_error"),
        Quota,
    ),
    (
        ApiFormat::Anthropic,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit."}}"#,
        Some("rate_limit_error"),
        Unclassified,
    ),
    // Gemini.
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}"#,
        Some("api_key_invalid"),
        Unclassified,
    ),
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":400,"message":"The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
        Some("invalid_argument"),
        ContextLength,
    ),
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"10"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45s"}]}}"#,
        Some("resource_exhausted"),
        Unclassified,
    ),
    (
        ApiFormat::Gemini,
        r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"},{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"250"}]}]}}]"#,
        Some("resource_exhausted"),
        Quota,
    ),
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":429,"message":"You exceeded your current quota.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro","status":"RESOURCE_EXHAUSTED"}}"#,
        Some("resource_exhausted"),
        Quota,
    ),
    (
        ApiFormat::Gemini,
        r#"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
        Some("unavailable"),
        Unclassified,
    ),
    // Ollama.
    (
        ApiFormat::Ollama,
        r#"{"error":"model 'llama9' not found"}"#,
        None,
        Unclassified,
    ),
    (
        ApiFormat::Ollama,
        r#"{"error":"the prompt is longer than the context length currently available to the model; shorten the prompt"}"#,
        None,
        ContextLength,
    ),
    (
        ApiFormat::Ollama,
        r#"{"error":"the input length exceeds the context length"}"#,
        None,
        ContextLength,
    ),
];

#[test]
fn error_bodies_are_classified() {
    for (kind, body, code, class) in BODIES {
        let expected = ErrorBody {
            code: code.map(str::to_owned),
            status: None,
            is_context_length: *class == ContextLength,
            is_quota: *class == Quota,
            refused: None,
        };
        assert_eq!(read_error(*kind, body.as_bytes()), expected, "{kind:?} {body}");
    }
}

#[test]
fn a_body_of_another_shape_is_the_default() {
    let bodies = [
        "",
        "null",
        "7",
        "\"prompt is too long\"",
        "[]",
        "[[]]",
        "{}",
        r#"{"error":null}"#,
        r#"{"error":[{"message":"prompt is too long"}]}"#,
        r#"{"error":{"code":{"a":1},"type":["x"],"message":{"prompt is too long":1},"status":7}}"#,
        "<html><body>prompt is too long</body></html>",
        "{\"error\":\"\u{0}",
    ];
    for kind in ApiFormat::ALL {
        for body in bodies {
            assert_eq!(
                read_error(kind, body.as_bytes()),
                ErrorBody::default(),
                "{kind:?} {body}"
            );
        }
        assert_eq!(read_error(kind, b"\xff\xfe{}"), ErrorBody::default());
    }
}

#[test]
fn only_well_formed_codes_are_kept() {
    let long = "a".repeat(65);
    for code in ["Your key sk-1", "größe", "", "401", "a\u{7f}", "<b>", &long] {
        let bodies = [
            (
                ApiFormat::Openai,
                serde_json::json!({"error": {"code": code, "type": code, "message": code}}),
            ),
            (
                ApiFormat::Anthropic,
                serde_json::json!({"error": {"type": code, "message": code}}),
            ),
            (
                ApiFormat::Gemini,
                serde_json::json!({"error": {"status": code, "message": code, "details": [{"reason": code}]}}),
            ),
            (ApiFormat::Ollama, serde_json::json!({"error": code})),
        ];
        for (kind, body) in bodies {
            assert_eq!(
                read_error(kind, body.to_string().as_bytes()).code,
                None,
                "{kind:?} {code}"
            );
        }
    }
    let longest = "a".repeat(64);
    let body = serde_json::json!({"error": {"code": longest}}).to_string();
    assert_eq!(read_error(ApiFormat::Openai, body.as_bytes()).code, Some(longest));
}
