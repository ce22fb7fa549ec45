//! The Google Gemini API.
//!
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/embeddings>,
//! <https://ai.google.dev/api/models>.

use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    body,
    error_body::{self, ErrorBody},
    parameters::{Parameter, ReasoningEffort},
    reply::{ReplyError, ReplyEvent, Vectors},
    request::{self, ProviderRequest, Target},
};
use crate::domain::{FinishReason, Prompt};

/// Creates a request to answer a prompt.
pub(super) fn generate(target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let mut config = json!({"maxOutputTokens": prompt.max_tokens});
    if target.parameters.has(Parameter::Temperature) {
        config["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        config["stopSequences"] = json!(prompt.stop);
    }
    if let Some(schema) = &prompt.schema {
        // `responseSchema` supports only a subset of OpenAPI and rejects `additionalProperties`.
        config["responseMimeType"] = json!("application/json");
        config["responseJsonSchema"] = schema.json.clone();
    }
    if let Some(effort) = target.parameters.effort() {
        config["thinkingConfig"] = thinking_config(target.model, effort);
    }
    let mut request = json!({
        "contents": [{"role": "user", "parts": [{"text": prompt.user}]}],
        "generationConfig": config,
    });
    if !prompt.system.is_empty() {
        request["systemInstruction"] = json!({"parts": [{"text": prompt.system}]});
    }
    let mut url = method_url(
        target,
        if stream {
            "streamGenerateContent"
        } else {
            "generateContent"
        },
    );
    if stream {
        url.query_pairs_mut().append_pair("alt", "sse");
    }
    request::post(url, key_header(target), &request)
}

/// Returns the thinking configuration: a budget in tokens up to Gemini 2.5, a level from Gemini 3 on
/// (<https://ai.google.dev/gemini-api/docs/thinking>). The budget is what
/// requests add to the tokens of the answer.
fn thinking_config(model: &str, effort: ReasoningEffort) -> Value {
    if model.contains("gemini-2") {
        return json!({"thinkingBudget": effort.thought_tokens()});
    }
    json!({"thinkingLevel": effort.clamp(ReasoningEffort::Minimal, ReasoningEffort::High).name()})
}

/// Parses a whole reply: an object or, without `alt=sse`, a list of the objects that a stream would have.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<ReplyEvent>, ReplyError> {
    let replies = match body::json(body, "a reply of Gemini")? {
        Value::Array(replies) => replies,
        reply => vec![reply],
    };
    let mut events = Vec::new();
    for reply in &replies {
        read_reply(reply, &mut events)?;
    }
    // A valid reply has at least one of the two.
    let is_reply = |reply: &Value| !(reply["candidates"].is_null() && reply["promptFeedback"].is_null());
    if !replies.iter().any(is_reply) {
        return Err(ReplyError::Malformed("a reply of Gemini"));
    }
    Ok(events)
}

/// Parses one event of a stream, which has the shape of a whole reply.
pub(super) fn read_event(data: &str, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    read_reply(
        &body::object(data.as_bytes(), "a part of a reply of Gemini")?,
        events,
    )
}

fn read_reply(reply: &Value, events: &mut Vec<ReplyEvent>) -> Result<(), ReplyError> {
    if !reply["error"].is_null() {
        return Err(ReplyError::InBand(parse_error(&reply["error"])));
    }
    let candidate = &reply["candidates"][0];
    let parts = candidate["content"]["parts"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for part in parts {
        if part["thought"] == true {
            body::push_thought(&part["text"], events);
        } else {
            body::push_text(&part["text"], events);
        }
    }

    let usage = &reply["usageMetadata"];
    let output = [&usage["candidatesTokenCount"], &usage["thoughtsTokenCount"]];
    body::push_tokens(&[&usage["promptTokenCount"]], &output, events);

    if reply["promptFeedback"]["blockReason"].is_string() {
        events.push(ReplyEvent::Finish(FinishReason::Filtered));
        return Ok(());
    }
    body::push_finish(&candidate["finishReason"], events)
}

/// Parses the body of a reply with an error status: an object or, for streams, a list with that object.
pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    let Ok(reply) = body::json::<Value>(body, "") else {
        return ErrorBody::default();
    };
    parse_error(if reply.is_array() {
        &reply[0]["error"]
    } else {
        &reply["error"]
    })
}

/// Parses an error (<https://ai.google.dev/gemini-api/docs/troubleshooting>, details: <https://google.aip.dev/193>). The
/// reason is more precise than the status: a wrong key has the status `INVALID_ARGUMENT`, the reason `API_KEY_INVALID`.
fn parse_error(error: &Value) -> ErrorBody {
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reason = details
        .iter()
        .map(|detail| &detail["reason"])
        .find(|reason| reason.is_string());
    let code = error_body::first_code(&[reason.unwrap_or(&Value::Null), &error["status"]]);
    let message = error["message"].as_str().unwrap_or_default();
    let error_body =
        ErrorBody::new(code, error_body::first_status(&[&error["code"]]), message).with_refusal(error);

    // The message is the same for a quota per minute and one per day. The quota's id and a quota of zero distinguish them.
    let violations = details
        .iter()
        .filter_map(|detail| detail["violations"].as_array())
        .flatten();
    let is_daily = violations.into_iter().any(|violation| {
        violation["quotaId"]
            .as_str()
            .is_some_and(|id| id.contains("PerDay"))
            || violation["quotaValue"] == "0"
    });
    ErrorBody {
        is_quota: error_body.is_quota || is_daily || message.contains("limit: 0,"),
        ..error_body
    }
}

/// Creates a request to embed texts.
pub(super) fn embed(target: Target<'_>, texts: &[String], dimensions: Option<u32>) -> ProviderRequest {
    let name = resource_name(target.model);
    let request = |text: &String| {
        let mut request = json!({"model": name, "content": {"parts": [{"text": text}]}});
        if let Some(dimensions) = dimensions {
            request["outputDimensionality"] = json!(dimensions);
        }
        request
    };
    let requests: Vec<Value> = texts.iter().map(request).collect();
    request::post(
        method_url(target, "batchEmbedContents"),
        key_header(target),
        &json!({"requests": requests}),
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Embeddings {
    embeddings: Vec<Embedding>,
    #[serde(default)]
    usage_metadata: Value,
}

#[derive(Deserialize)]
struct Embedding {
    values: Vec<f32>,
}

/// Parses vectors, in the order of the texts.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, ReplyError> {
    let reply: Embeddings = body::json(body, "a list of vectors")?;
    let vectors = reply
        .embeddings
        .into_iter()
        .map(|embedding| embedding.values)
        .collect();
    body::vectors(vectors, &reply.usage_metadata["promptTokenCount"])
}

/// Creates a request to list the models.
pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    let mut url = target.url("models");
    url.query_pairs_mut().append_pair("pageSize", "1000");
    request::get(url, key_header(target))
}

/// Parses the names of the models, without their prefix `models/`.
pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, ReplyError> {
    let names = body::names(&body::object(body, "a list of models")?["models"], "name")?;
    Ok(names
        .into_iter()
        .map(|name| name.strip_prefix("models/").map(str::to_owned).unwrap_or(name))
        .collect())
}

/// Returns the resource name `models/NAME`. A name with a slash, such as `tunedModels/NAME`, is already one.
fn resource_name(model: &str) -> String {
    if model.contains('/') {
        model.to_owned()
    } else {
        format!("models/{model}")
    }
}

fn method_url(target: Target<'_>, method: &str) -> Url {
    target.url(&format!("{}:{method}", resource_name(target.model)))
}

fn key_header(target: Target<'_>) -> HeaderMap {
    target.key_header(HeaderName::from_static("x-goog-api-key"), "")
}
