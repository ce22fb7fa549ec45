//! Google Gemini: <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/embeddings>,
//! <https://ai.google.dev/api/models>.

use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::body::{self, ErrorBody};
use super::{Event, Fault, ProviderRequest, Target, Vectors};
use crate::domain::{FinishReason, Prompt};

pub(super) fn generate(target: Target<'_>, prompt: &Prompt, stream: bool) -> ProviderRequest {
    let mut config = json!({"maxOutputTokens": prompt.max_tokens});
    if target.takes_temperature {
        config["temperature"] = json!(body::temperature(prompt, 2.0));
    }
    if !prompt.stop.is_empty() {
        config["stopSequences"] = json!(prompt.stop);
    }
    if let Some(schema) = &prompt.schema {
        // `responseSchema` takes a part of OpenAPI only and refuses `additionalProperties`.
        config["responseMimeType"] = json!("application/json");
        config["responseJsonSchema"] = schema.json.clone();
    }
    let mut request = json!({
        "contents": [{"role": "user", "parts": [{"text": prompt.user}]}],
        "generationConfig": config,
    });
    if !prompt.system.is_empty() {
        request["systemInstruction"] = json!({"parts": [{"text": prompt.system}]});
    }
    let mut url = address(
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
    body::post(url, key_header(target), &request)
}

/// A whole reply.
pub(super) fn read_whole(body: &[u8]) -> Result<Vec<Event>, Fault> {
    let reply = body::object(body, "a reply of Gemini")?;
    let mut events = Vec::new();
    read_reply(&reply, &mut events)?;
    // Without either there was nothing to read.
    if reply["candidates"].is_null() && reply["promptFeedback"].is_null() {
        return Err(Fault::Malformed("a reply of Gemini"));
    }
    Ok(events)
}

/// A part of a streamed reply: it has the shape of a whole one.
pub(super) fn read_event(data: &str, events: &mut Vec<Event>) -> Result<(), Fault> {
    read_reply(
        &body::object(data.as_bytes(), "a part of a reply of Gemini")?,
        events,
    )
}

fn read_reply(reply: &Value, events: &mut Vec<Event>) -> Result<(), Fault> {
    if !reply["error"].is_null() {
        return Err(Fault::InBand(error_body(&reply["error"])));
    }
    let candidate = &reply["candidates"][0];
    let parts = candidate["content"]["parts"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    parts
        .iter()
        .filter(|part| part["thought"] != true)
        .for_each(|part| body::push_text(&part["text"], events));

    let usage = &reply["usageMetadata"];
    let output = [&usage["candidatesTokenCount"], &usage["thoughtsTokenCount"]];
    body::push_tokens(&[&usage["promptTokenCount"]], &output, events);

    if reply["promptFeedback"]["blockReason"].is_string() {
        events.push(Event::FinishReason(FinishReason::Filtered));
        return Ok(());
    }
    body::push_finish(&candidate["finishReason"], finish, events)
}

/// The others are failures of the model, such as `OTHER` and `MALFORMED_RESPONSE`.
fn finish(reason: &str) -> Option<FinishReason> {
    match reason {
        "STOP" => Some(FinishReason::Stop),
        "MAX_TOKENS" => Some(FinishReason::Length),
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII"
        | "MODEL_ARMOR" => Some(FinishReason::Filtered),
        _ => None,
    }
}

/// An object, or a list with that object: the latter where a stream was asked for.
pub(super) fn read_error(body: &[u8]) -> ErrorBody {
    let Ok(reply) = body::json::<Value>(body, "") else {
        return ErrorBody::default();
    };
    error_body(if reply.is_array() {
        &reply[0]["error"]
    } else {
        &reply["error"]
    })
}

/// <https://ai.google.dev/gemini-api/docs/troubleshooting>; the details are those of
/// <https://google.aip.dev/193>. A reason is more exact than a status: a wrong key is only an `INVALID_ARGUMENT`, of which
/// the reason is `API_KEY_INVALID`.
fn error_body(error: &Value) -> ErrorBody {
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reason = details
        .iter()
        .map(|detail| &detail["reason"])
        .find(|reason| reason.is_string());
    let code = body::first_word(&[reason.unwrap_or(&Value::Null), &error["status"]]);
    let message = error["message"].as_str().unwrap_or_default();
    let found = ErrorBody::new(code, body::first_status(&[&error["code"]]), message);

    // The message is the same whether a minute or a day is used up; the name of the quota tells, and a quota of nothing.
    let violations = details
        .iter()
        .filter_map(|detail| detail["violations"].as_array())
        .flatten();
    let is_for_a_day = violations.into_iter().any(|violation| {
        violation["quotaId"]
            .as_str()
            .is_some_and(|id| id.contains("PerDay"))
            || violation["quotaValue"] == "0"
    });
    ErrorBody {
        is_quota: found.is_quota || is_for_a_day || message.contains("limit: 0,"),
        ..found
    }
}

pub(super) fn embed(target: Target<'_>, texts: &[String], dimensions: Option<u32>) -> ProviderRequest {
    let name = resource(target.model);
    let request = |text: &String| {
        let mut request = json!({"model": name, "content": {"parts": [{"text": text}]}});
        if let Some(dimensions) = dimensions {
            request["outputDimensionality"] = json!(dimensions);
        }
        request
    };
    let requests: Vec<Value> = texts.iter().map(request).collect();
    body::post(
        address(target, "batchEmbedContents"),
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

/// Vectors in the order of the texts.
pub(super) fn read_vectors(body: &[u8]) -> Result<Vectors, Fault> {
    let reply: Embeddings = body::json(body, "a list of vectors")?;
    let vectors = reply.embeddings.into_iter().map(|one| one.values).collect();
    body::vectors(vectors, &reply.usage_metadata["promptTokenCount"])
}

pub(super) fn list_models(target: Target<'_>) -> ProviderRequest {
    let mut url = target.at("models");
    url.query_pairs_mut().append_pair("pageSize", "1000");
    body::get(url, key_header(target))
}

pub(super) fn read_models(body: &[u8]) -> Result<Vec<String>, Fault> {
    let names = body::names(&body::object(body, "a list of models")?["models"], "name")?;
    Ok(names
        .into_iter()
        .map(|name| name.strip_prefix("models/").map(str::to_owned).unwrap_or(name))
        .collect())
}

/// `models/NAME`; a name with a slash is one already, such as `tunedModels/NAME`.
fn resource(model: &str) -> String {
    if model.contains('/') {
        model.to_owned()
    } else {
        format!("models/{model}")
    }
}

fn address(target: Target<'_>, method: &str) -> Url {
    target.at(&format!("{}:{method}", resource(target.model)))
}

fn key_header(target: Target<'_>) -> HeaderMap {
    target.key_header(HeaderName::from_static("x-goog-api-key"), "")
}
