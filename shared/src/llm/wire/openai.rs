//! OpenAI chat completions, embeddings and models, as OpenAI and many others speak them.
//!
//! <https://developers.openai.com/api/reference/resources/chat>; what others do differently is said at each [`Dialect`].

use http::HeaderName;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{self, ErrorBody};
use super::{Event, Fault, ProviderRequest, Target, Vectors};
use crate::domain::{FinishReason, Prompt, Schema};

/// What one of the servers that take OpenAI's requests wants otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    /// The header of the key, and what stands before the key in it.
    key: (&'static str, &'static str),
    /// The field that limits the answer.
    max_tokens: &'static str,
    /// Whether a stream must be asked for its count of tokens. Servers that refuse unknown fields are not asked.
    asks_for_usage: bool,
    /// How JSON of a given shape is asked for.
    schema: SchemaField,
}

#[derive(Debug, Clone, Copy)]
enum SchemaField {
    /// `response_format` of the type `json_schema`, strict.
    JsonSchema,
    /// `response_format` of the type `json_object` with a `schema`.
    JsonObject,
    /// Not at all; the prompt has to say it.
    Absent,
}

const BEARER: (&str, &str) = ("authorization", "Bearer ");

impl Dialect {
    /// OpenAI itself. Models that reason know no `max_tokens`.
    pub(super) const OPENAI: Self = Self {
        key: BEARER,
        max_tokens: "max_completion_tokens",
        asks_for_usage: true,
        schema: SchemaField::JsonSchema,
    };
    /// <https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle>: the path `/openai/v1`.
    pub(super) const AZURE: Self = Self {
        key: ("api-key", ""),
        ..Self::OPENAI
    };
    /// <https://console.groq.com/docs/api-reference>.
    pub(super) const GROQ: Self = Self::OPENAI;
    /// <https://openrouter.ai/docs/api/reference/overview>: always counts tokens.
    pub(super) const OPENROUTER: Self = Self {
        max_tokens: "max_tokens",
        asks_for_usage: false,
        ..Self::OPENAI
    };
    /// <https://huggingface.co/docs/inference-providers/tasks/chat-completion>.
    pub(super) const HUGGINGFACE: Self = Self {
        max_tokens: "max_tokens",
        ..Self::OPENAI
    };
    /// <https://github.com/ggml-org/llama.cpp/tree/master/tools/server>. llama-cpp-python knows only this way of
    /// asking for JSON, llama.cpp knows it too.
    pub(super) const LLAMACPP: Self = Self {
        max_tokens: "max_tokens",
        schema: SchemaField::JsonObject,
        ..Self::OPENAI
    };
    /// <https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html>.
    pub(super) const VLLM: Self = Self {
        max_tokens: "max_tokens",
        ..Self::OPENAI
    };
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html>.
    pub(super) const BEDROCK: Self = Self::OPENAI;
    /// Nothing that a strict server could refuse.
    pub(super) const COMPATIBLE: Self = Self {
        key: BEARER,
        max_tokens: "max_tokens",
        asks_for_usage: false,
        schema: SchemaField::Absent,
    };

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
    request[dialect.max_tokens] = json!(prompt.max_tokens);
    if target.takes_temperature {
        request["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        request["stop"] = json!(prompt.stop);
    }
    if stream && dialect.asks_for_usage {
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

/// What matters of a chat completion, or of a chunk of one: a stream has many, so the rest of them is not kept.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    choices: Option<Vec<Choice>>,
    usage: Value,
    x_groq: Value,
    error: Value,
    object: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    /// Of a whole reply.
    message: Option<Message>,
    /// Of a chunk.
    delta: Option<Message>,
    finish_reason: Value,
    error: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    content: Value,
    refusal: Value,
}

impl Reply {
    fn choice(&self) -> Option<&Choice> {
        self.choices.as_ref()?.first()
    }
}

/// A whole chat completion.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<Event>, Fault> {
    let reply: Reply = body::fields(body, "a chat completion")?;
    refuse_failure(&reply, body)?;
    let choice = reply.choice().ok_or(Fault::Malformed("a chat completion"))?;
    let mut events = Vec::new();
    read_choice(choice, choice.message.as_ref(), &mut events)?;
    read_usage(&reply.usage, &mut events);
    Ok(events)
}

/// A chunk of a chat completion. Chunks without a choice carry the count of tokens, or nothing that matters here.
pub(super) fn read_event(data: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
    if data == "[DONE]" {
        return Ok(());
    }
    let chunk: Reply = body::fields(data.as_bytes(), "a chunk of a chat completion")?;
    refuse_failure(&chunk, data.as_bytes())?;
    read_usage(&chunk.usage, events);
    read_usage(&chunk.x_groq["usage"], events);
    match chunk.choice() {
        Some(choice) => read_choice(choice, choice.delta.as_ref(), events),
        None => Ok(()),
    }
}

fn read_choice(choice: &Choice, message: Option<&Message>, events: &mut Vec<Event>) -> Result<(), Fault> {
    if let Some(Message { content, refusal }) = message {
        match content {
            // Models that reason may answer in parts, of which only the text is the answer.
            Value::Array(parts) => {
                parts
                    .iter()
                    .filter(|part| part["type"] == "text")
                    .for_each(|part| body::push_text(&part["text"], events));
            }
            text => body::push_text(text, events),
        }
        if refusal.as_str().is_some_and(|refusal| !refusal.is_empty()) {
            events.push(Event::FinishReason(FinishReason::Filtered));
            return Ok(());
        }
    }
    body::push_finish(&choice.finish_reason, finish, events)
}

/// No tools are ever offered, so a call of one is no answer. `eos_token` and `stop_sequence` are Hugging Face's.
fn finish(reason: &str) -> Option<FinishReason> {
    match reason {
        "stop" | "eos_token" | "stop_sequence" => Some(FinishReason::Stop),
        "length" => Some(FinishReason::Length),
        "content_filter" => Some(FinishReason::Filtered),
        _ => None,
    }
}

fn read_usage(usage: &Value, events: &mut Vec<Event>) {
    body::push_tokens(&[&usage["prompt_tokens"]], &[&usage["completion_tokens"]], events);
}

/// A failure with a good status: OpenRouter puts it beside or into the choice, Groq into `x_groq`, old vLLM at the top.
fn refuse_failure(reply: &Reply, body: &[u8]) -> Result<(), Fault> {
    let is_good = reply.error.is_null()
        && reply.choice().is_none_or(|choice| choice.error.is_null())
        && reply.x_groq["error"].is_null()
        && reply.object != "error";
    if is_good {
        return Ok(());
    }
    let reply = body::object(body, "a failure")?;
    let failed = [&reply, &reply["choices"][0], &reply["x_groq"]]
        .into_iter()
        .find(|part| !part["error"].is_null());
    Err(Fault::InBand(error_body(failed.unwrap_or(&reply))))
}

pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    body::object(body, "")
        .map(|reply| error_body(&reply))
        .unwrap_or_default()
}

/// `{"error": {..}}`, `{"error": ".."}` (Hugging Face), or the error itself (old vLLM, AWS).
fn error_body(reply: &Value) -> ErrorBody {
    let error = if reply["error"].is_null() {
        reply
    } else {
        &reply["error"]
    };
    let code = body::first_word(&[&error["code"], &error["type"], &reply["error_type"]]);
    let message = error
        .as_str()
        .or_else(|| error["message"].as_str())
        .unwrap_or_default();
    // What the provider behind OpenRouter said.
    let behind = error["metadata"]["raw"].as_str().unwrap_or_default();
    let status = body::first_status(&[&error["code"], &error["status"], &error["http_status_code"]])
        .or_else(|| code.and_then(status_of));
    let found = ErrorBody::new(code, status, &format!("{message}\n{behind}"));
    // OpenRouter also says 402 while other requests in flight hold the money; that passes.
    let is_passing = error["metadata"]["limit_source"] == "openrouter_in_flight_budget";
    ErrorBody {
        is_quota: (found.is_quota || status == Some(402)) && !is_passing,
        ..found
    }
}

/// <https://developers.openai.com/api/docs/guides/error-codes>.
fn status_of(code: &str) -> Option<u16> {
    match code {
        "invalid_request_error" | "context_length_exceeded" => Some(400),
        "invalid_api_key" => Some(401),
        "rate_limit_exceeded" | "insufficient_quota" => Some(429),
        "server_error" | "internal_server_error" => Some(500),
        _ => None,
    }
}

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

/// Vectors with numbers are put into their order; each number from 0 must be there once.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, Fault> {
    let mut reply: Embeddings = body::json(body, "a list of vectors")?;
    if reply.data.iter().any(|one| one.index.is_some()) {
        reply.data.sort_unstable_by_key(|one| one.index);
        if reply
            .data
            .iter()
            .enumerate()
            .any(|(place, one)| one.index != Some(place))
        {
            return Err(Fault::Malformed("a list of vectors, each with its own number"));
        }
    }
    let vectors = reply.data.into_iter().map(|one| one.embedding).collect();
    body::vectors(vectors, &reply.usage["prompt_tokens"])
}

pub(super) fn list_models(dialect: Dialect, target: Target<'_>) -> ProviderRequest {
    body::get(target.at("models"), key_header(dialect, target))
}

pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, Fault> {
    body::names(&body::object(body, "a list of models")?["data"], "id")
}

fn post(dialect: Dialect, target: Target<'_>, path: &str, request: &Value) -> ProviderRequest {
    body::post(target.at(path), key_header(dialect, target), request)
}

fn key_header(dialect: Dialect, target: Target<'_>) -> http::HeaderMap {
    let (name, prefix) = dialect.key;
    target.key_header(HeaderName::from_static(name), prefix)
}
