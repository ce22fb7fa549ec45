//! The OpenAI API (chat completions, embeddings, models) and its dialects.
//!
//! <https://developers.openai.com/api/reference/resources/chat>. Each [`Dialect`] documents its differences.

use http::HeaderName;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    body,
    error_body::{self, ErrorBody},
    parameters::{MaxTokensName, Parameter, Parameters},
    reply::{ReplyError, ReplyEvent, Vectors},
    request::{self, ProviderRequest, Target},
};
use crate::domain::{FinishReason, Prompt, Schema, Tokens};

/// The differences of an OpenAI-compatible server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    /// The header of the API key, and the prefix of its value.
    key: (&'static str, &'static str),
    /// The name of the maximum output tokens.
    max_tokens: MaxTokensName,
    /// Whether to request the token usage of a stream. Not requested from servers that may reject unknown fields.
    requests_usage: bool,
    /// The form of a JSON schema in a request.
    schema: SchemaField,
}

#[derive(Debug, Clone, Copy)]
enum SchemaField {
    /// `response_format` of the type `json_schema`, strict.
    JsonSchema,
    /// `response_format` of the type `json_object` with a `schema`.
    JsonObject,
    /// No field; the prompt must describe the schema.
    Absent,
}

const BEARER: (&str, &str) = ("authorization", "Bearer ");

impl Dialect {
    /// OpenAI itself. Reasoning models do not support `max_tokens`.
    pub(super) const OPENAI: Self = Self {
        key: BEARER,
        max_tokens: MaxTokensName::MaxCompletionTokens,
        requests_usage: true,
        schema: SchemaField::JsonSchema,
    };
    /// <https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle>: the path `/openai/v1`.
    pub(super) const AZURE: Self = Self {
        key: ("api-key", ""),
        ..Self::OPENAI
    };
    /// <https://console.groq.com/docs/api-reference>.
    pub(super) const GROQ: Self = Self::OPENAI;
    /// <https://openrouter.ai/docs/api/reference/overview>: always reports the usage.
    pub(super) const OPENROUTER: Self = Self {
        max_tokens: MaxTokensName::MaxTokens,
        requests_usage: false,
        ..Self::OPENAI
    };
    /// <https://huggingface.co/docs/inference-providers/tasks/chat-completion>.
    pub(super) const HUGGINGFACE: Self = Self {
        max_tokens: MaxTokensName::MaxTokens,
        ..Self::OPENAI
    };
    /// <https://github.com/ggml-org/llama.cpp/tree/master/tools/server>. llama-cpp-python supports only this form
    /// of JSON schema; llama.cpp supports it too.
    pub(super) const LLAMACPP: Self = Self {
        max_tokens: MaxTokensName::MaxTokens,
        schema: SchemaField::JsonObject,
        ..Self::OPENAI
    };
    /// <https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html>.
    pub(super) const VLLM: Self = Self {
        max_tokens: MaxTokensName::MaxTokens,
        ..Self::OPENAI
    };
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html>.
    pub(super) const BEDROCK: Self = Self::OPENAI;
    /// Any other server: no field that a strict server could reject.
    pub(super) const COMPATIBLE: Self = Self {
        key: BEARER,
        max_tokens: MaxTokensName::MaxTokens,
        requests_usage: false,
        schema: SchemaField::Absent,
    };

    /// Returns the name of the maximum output tokens for a model.
    pub(super) fn max_tokens_name(self, parameters: Parameters) -> MaxTokensName {
        parameters.max_tokens.unwrap_or(self.max_tokens)
    }

    fn response_format(self, schema: &Schema) -> Option<Value> {
        match self.schema {
            SchemaField::JsonSchema => Some(json!({
                "type": "json_schema",
                "json_schema": {"name": schema.name, "strict": true, "schema": schema.json},
            })),
            SchemaField::JsonObject => Some(json!({"type": "json_object", "schema": schema.json})),
            SchemaField::Absent => None,
        }
    }
}

/// Creates a request to answer a prompt.
pub(super) fn generate(
    dialect: Dialect,
    target: Target<'_>,
    prompt: &Prompt,
    stream: bool,
) -> ProviderRequest {
    let mut messages = vec![json!({"role": "user", "content": prompt.user})];
    if !prompt.system.is_empty() {
        messages.insert(0, json!({"role": "system", "content": prompt.system}));
    }
    let mut request = json!({"model": target.model, "messages": messages, "stream": stream});
    request[dialect.max_tokens_name(target.parameters).field()] = json!(prompt.max_tokens);
    if target.parameters.has(Parameter::Temperature) {
        request["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        request["stop"] = json!(prompt.stop);
    }
    if let Some(effort) = target.parameters.effort() {
        request["reasoning_effort"] = json!(effort.name());
    }
    if stream && dialect.requests_usage && target.parameters.has(Parameter::Usage) {
        request["stream_options"] = json!({"include_usage": true});
    }
    if let Some(format) = prompt
        .schema
        .as_ref()
        .and_then(|schema| dialect.response_format(schema))
    {
        request["response_format"] = format;
    }
    post(dialect, target, "chat/completions", &request)
}

/// The used fields of a chat completion or of a chunk. A stream has many chunks, so other fields are not parsed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ChatCompletion {
    choices: Option<Vec<Choice>>,
    usage: Value,
    x_groq: Value,
    error: Value,
    object: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    /// In a whole reply.
    message: Option<Message>,
    /// In a chunk.
    delta: Option<Message>,
    finish_reason: Value,
    error: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    content: Value,
    refusal: Value,
    /// The thoughts: `DeepSeek`, Qwen, vLLM and llama.cpp.
    reasoning_content: Value,
    /// The thoughts: OpenRouter, Groq and Ollama.
    reasoning: Value,
}

impl ChatCompletion {
    fn choice(&self) -> Option<&Choice> {
        self.choices.as_ref()?.first()
    }
}

/// Parses a whole chat completion.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
    let reply: ChatCompletion = body::fields(body, "a chat completion")?;
    check_for_error(&reply, body)?;
    let choice = reply.choice().ok_or(ReplyError::Malformed("a chat completion"))?;
    let mut events = Vec::new();
    read_choice(choice, choice.message.as_ref(), &mut events)?;
    read_usage(&reply.usage, &mut events);
    Ok(events)
}

/// Parses one chunk of a stream. Chunks without a choice carry the token usage or nothing of interest.
pub(super) fn read_event(data: &str, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    let chunk: ChatCompletion = body::fields(data.as_bytes(), "a chunk of a chat completion")?;
    check_for_error(&chunk, data.as_bytes())?;
    read_usage(&chunk.usage, events);
    read_usage(&chunk.x_groq["usage"], events);
    match chunk.choice() {
        Some(choice) => read_choice(choice, choice.delta.as_ref(), events),
        None => Ok(()),
    }
}

fn read_choice(
    choice: &Choice,
    message: Option<&Message>,
    events: &mut Vec<ReplyEvent>,
) -> Result<(), ReplyError> {
    if let Some(message) = message {
        body::push_thought(&message.reasoning_content, events);
        body::push_thought(&message.reasoning, events);
        match &message.content {
            // Reasoning models may return a list of parts; only the text parts are the answer.
            Value::Array(parts) => {
                parts
                    .iter()
                    .filter(|part| part["type"] == "text")
                    .for_each(|part| body::push_text(&part["text"], events));
            }
            text => body::push_text(text, events),
        }
        let refusal = &message.refusal;
        if refusal.as_str().is_some_and(|refusal| !refusal.is_empty()) {
            events.push(ReplyEvent::Finish(FinishReason::Filtered));
            return Ok(());
        }
    }
    body::push_finish(&choice.finish_reason, events)
}

/// Reads the usage. `completion_tokens` includes thoughts, but not everywhere: the total, or a larger number of thoughts,
/// shows that.
fn read_usage(usage: &Value, events: &mut Vec<ReplyEvent>) {
    let [input, output, total] =
        ["prompt_tokens", "completion_tokens", "total_tokens"].map(|field| body::count(&usage[field]));
    let thoughts = body::count(&usage["completion_tokens_details"]["reasoning_tokens"]).unwrap_or_default();
    let (Some(input), Some(output)) = (input, output) else {
        return body::push_tokens(&[&usage["prompt_tokens"]], &[&usage["completion_tokens"]], events);
    };
    let with_thoughts = if thoughts > output {
        output + thoughts
    } else {
        output
    };
    let output = total.unwrap_or_default().saturating_sub(input).max(with_thoughts);
    events.push(ReplyEvent::Tokens(Tokens { input, output }));
}

/// Returns the error that a reply with a success status reports: OpenRouter puts it beside or into the choice, Groq into
/// `x_groq`, old vLLM at the top level.
fn check_for_error(reply: &ChatCompletion, body: &[u8]) -> Result<(), ReplyError> {
    let is_success = reply.error.is_null()
        && reply.choice().is_none_or(|choice| choice.error.is_null())
        && reply.x_groq["error"].is_null()
        && reply.object != "error";
    if is_success {
        return Ok(());
    }
    let reply = body::object(body, "a failure")?;
    let failed = [&reply, &reply["choices"][0], &reply["x_groq"]]
        .into_iter()
        .find(|part| !part["error"].is_null());
    Err(ReplyError::InBand(parse_error(failed.unwrap_or(&reply))))
}

/// Parses the body of a reply with an error status.
pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| parse_error(&reply))
        .unwrap_or_default()
}

/// Parses `{"error": {..}}`, `{"error": ".."}` (Hugging Face), or the error itself (old vLLM, AWS).
fn parse_error(reply: &Value) -> ErrorBody {
    let error = if reply["error"].is_null() {
        reply
    } else {
        &reply["error"]
    };
    let code = error_body::first_code(&[&error["code"], &error["type"], &reply["error_type"]]);
    let message = error
        .as_str()
        .or_else(|| error["message"].as_str())
        .unwrap_or_default();
    // The error of the provider behind OpenRouter.
    let upstream = error["metadata"]["raw"].as_str().unwrap_or_default();
    let status = error_body::first_status(&[&error["code"], &error["status"], &error["http_status_code"]])
        .or_else(|| code.and_then(status_of));
    let error_body = ErrorBody::new(code, status, &format!("{message}\n{upstream}")).with_refusal(reply);
    // OpenRouter also returns 402 while requests in flight reserve the balance, which is temporary.
    let is_temporary = error["metadata"]["limit_source"] == "openrouter_in_flight_budget";
    ErrorBody {
        is_quota: (error_body.is_quota || status == Some(402)) && !is_temporary,
        ..error_body
    }
}

/// Maps an error code to its HTTP status (<https://developers.openai.com/api/docs/guides/error-codes>).
fn status_of(code: &str) -> Option<u16> {
    match code {
        "invalid_request_error" | "context_length_exceeded" => Some(400),
        "invalid_api_key" => Some(401),
        "rate_limit_exceeded" | "insufficient_quota" => Some(429),
        "server_error" | "internal_server_error" => Some(500),
        _ => None,
    }
}

/// Creates a request to embed texts.
pub(super) fn embed(
    dialect: Dialect,
    target: Target<'_>,
    texts: &[String],
    dimensions: Option<u32>,
) -> ProviderRequest {
    let mut request = json!({"model": target.model, "input": texts});
    if let Some(dimensions) = dimensions {
        request["dimensions"] = json!(dimensions);
    }
    post(dialect, target, "embeddings", &request)
}

#[derive(Deserialize)]
struct Embeddings {
    data: Vec<Embedding>,
    #[serde(default)]
    usage: Value,
}

#[derive(Deserialize)]
struct Embedding {
    index: Option<usize>,
    embedding: Vec<f32>,
}

/// Parses vectors and sorts them by their index, if they have one. The indexes must be complete from 0.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, ReplyError> {
    let mut reply: Embeddings = body::json(body, "a list of vectors")?;
    if reply.data.iter().any(|item| item.index.is_some()) {
        reply.data.sort_unstable_by_key(|item| item.index);
        if reply
            .data
            .iter()
            .enumerate()
            .any(|(position, item)| item.index != Some(position))
        {
            return Err(ReplyError::Malformed(
                "a list of vectors, each with its own number",
            ));
        }
    }
    let vectors = reply.data.into_iter().map(|item| item.embedding).collect();
    body::vectors(vectors, &reply.usage["prompt_tokens"])
}

/// Creates a request to list the models.
pub(super) fn list_models(dialect: Dialect, target: Target<'_>) -> ProviderRequest {
    request::get(target.url("models"), key_header(dialect, target))
}

/// Parses the names of the models.
pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, ReplyError> {
    body::names(&body::object(body, "a list of models")?["data"], "id")
}

fn post(dialect: Dialect, target: Target<'_>, path: &str, request: &Value) -> ProviderRequest {
    request::post(target.url(path), key_header(dialect, target), request)
}

/// Returns the header of the API key; none without a key.
pub(super) fn key_header(dialect: Dialect, target: Target<'_>) -> http::HeaderMap {
    let (name, prefix) = dialect.key;
    target.key_header(HeaderName::from_static(name), prefix)
}
