//! Requests: one snapshot per format, and what a request must not contain.

use http::HeaderMap;
use serde_json::{Value, json};
use url::Url;

use super::super::{
    ApiFormat, ApiKey, Parameter, Parameters, ProviderRequest, Target, embed, generate, list_models,
};
use crate::domain::{Prompt, Schema, TextUse};

const KEY: &str = "sk-secret-1";

fn prompt() -> Prompt {
    let schema = json!({
        "type": "object",
        "properties": {"year": {"type": "integer"}},
        "required": ["year"],
        "additionalProperties": false,
    });
    Prompt {
        temperature: 0.7,
        stop: vec!["END".into()],
        schema: Some(Schema {
            name: "fact",
            json: schema,
        }),
        ..Prompt::new("Answer from the passages.", "When was the dam finished?", 256)
    }
}

/// Calls `use_target` with a target at the default base URL, or at `https://example.test/v1`.
fn with_target<T>(kind: ApiFormat, model: &str, use_target: impl FnOnce(Target<'_>) -> T) -> T {
    let url = Url::parse(kind.default_base_url().unwrap_or("https://example.test/v1")).unwrap();
    let key = ApiKey::parse(KEY).unwrap();
    use_target(Target {
        base_url: &url,
        key: Some(&key),
        model,
        parameters: Parameters::default(),
    })
}

fn body(request: &ProviderRequest) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn printable(request: &ProviderRequest) -> Value {
    let header = |value: &http::HeaderValue| match value.is_sensitive() {
        true => json!({"sensitive": value.to_str().unwrap().replace(KEY, "KEY")}),
        false => json!(value.to_str().unwrap()),
    };
    let headers: serde_json::Map<_, _> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), header(value)))
        .collect();
    let body = if request.body.is_empty() {
        Value::Null
    } else {
        body(request)
    };
    json!({
        "request": format!("{} {}", request.method, request.url),
        "headers": headers,
        "body": body,
    })
}

#[test]
fn requests_of_each_format() {
    let texts = ["one".to_owned(), "two".to_owned()];
    for kind in ApiFormat::ALL {
        let requests = with_target(kind, "some-model", |target| {
            json!({
                "whole": printable(&generate(kind, target, &prompt(), false)),
                "stream": printable(&generate(kind, target, &prompt(), true)),
                "embed": embed(kind, target, &texts, TextUse::Document, Some(256)).as_ref().map(printable),
                "list_models": printable(&list_models(kind, target)),
            })
        });
        insta::assert_json_snapshot!(format!("{kind:?}").to_lowercase(), requests);
    }
}

#[test]
fn the_key_is_only_in_a_sensitive_header() {
    for kind in ApiFormat::ALL {
        with_target(kind, "m", |target| {
            let mut sent = vec![generate(kind, target, &prompt(), true), list_models(kind, target)];
            sent.extend(embed(kind, target, &["a".to_owned()], TextUse::Document, None));
            for request in sent {
                assert_eq!(
                    request
                        .headers
                        .values()
                        .filter(|value| value.is_sensitive())
                        .count(),
                    1,
                    "{kind:?}"
                );
                assert!(!format!("{request:?} {}", request.url).contains(KEY), "{kind:?}");
                assert!(
                    !String::from_utf8(request.body).unwrap().contains(KEY),
                    "{kind:?}"
                );
            }
        });
    }
}

#[test]
fn without_a_key_there_is_no_header_for_it() {
    for kind in ApiFormat::ALL {
        let headers: HeaderMap = with_target(kind, "m", |target| {
            generate(kind, Target { key: None, ..target }, &prompt(), false).headers
        });
        assert!(
            headers.keys().all(|name| name == "anthropic-version"),
            "{kind:?} {headers:?}"
        );
    }
}

/// Returns the names of the fields, including those in `generationConfig` and `options`.
fn fields(request: &ProviderRequest) -> Vec<String> {
    let body = body(request);
    let inner = [&body, &body["generationConfig"], &body["options"]];
    inner
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(|object| object.keys().cloned())
        .collect()
}

#[test]
fn unset_options_are_not_sent() {
    for kind in ApiFormat::ALL {
        let plain = Prompt::new("", "When?", 10);
        with_target(kind, "m", |target| {
            let sent = generate(kind, target, &plain, false);
            let names = fields(&sent);
            assert!(names.contains(&"temperature".to_owned()), "{kind:?}");
            for absent in [
                "stop",
                "stop_sequences",
                "stopSequences",
                "system",
                "systemInstruction",
                "response_format",
                "output_config",
                "responseMimeType",
                "format",
                "stream_options",
            ] {
                assert!(!names.contains(&absent.to_owned()), "{kind:?} {absent}");
            }
            assert!(!body(&sent).to_string().contains(r#""system""#), "{kind:?}");

            let reasoning = generate(
                kind,
                Target {
                    parameters: Parameters::default().without(Parameter::Temperature),
                    ..target
                },
                &prompt(),
                true,
            );
            assert!(
                !fields(&reasoning).contains(&"temperature".to_owned()),
                "{kind:?}"
            );
        });
    }
}

#[test]
fn a_temperature_has_no_extra_digits_and_stays_within_bounds() {
    let sent = |kind, temperature| {
        let prompt = Prompt {
            temperature,
            ..Prompt::new("", "When?", 10)
        };
        let body = with_target(kind, "m", |target| body(&generate(kind, target, &prompt, false)));
        let values =
            [&body, &body["generationConfig"], &body["options"]].map(|part| part["temperature"].clone());
        values.into_iter().find(|value| !value.is_null())
    };
    for kind in ApiFormat::ALL {
        assert_eq!(sent(kind, 0.0), Some(json!(0.0)), "{kind:?}");
        assert_eq!(sent(kind, 0.1), Some(json!(0.1)), "{kind:?}");
    }
    assert_eq!(sent(ApiFormat::Openai, 1.5), Some(json!(1.5)));
    assert_eq!(sent(ApiFormat::Anthropic, 1.5), Some(json!(1.0)));
}

#[test]
fn the_context_window_of_ollama_fits_the_prompt() {
    let window = |bytes: usize, max_tokens| {
        let prompt = Prompt::new("", "a".repeat(bytes), max_tokens);
        with_target(ApiFormat::Ollama, "m", |target| {
            body(&generate(ApiFormat::Ollama, target, &prompt, false))["options"]["num_ctx"]
                .as_u64()
                .unwrap()
        })
    };
    assert_eq!(window(100, 100), 4_096);
    assert_eq!(window(2 * 3_000, 840), 4_096);
    assert_eq!(window(2 * 3_000, 841), 8_192);
    assert_eq!(window(2 * 20_000, 1_000), 32_768);
    assert_eq!(window(10, u32::MAX), 1 << 20);
}

#[test]
fn a_model_name_cannot_change_the_host() {
    for (model, path) in [
        (
            "gemini-3.5-flash",
            "/v1beta/models/gemini-3.5-flash:generateContent",
        ),
        (
            "models/gemini-3.5-flash",
            "/v1beta/models/gemini-3.5-flash:generateContent",
        ),
        ("tunedModels/mine", "/v1beta/tunedModels/mine:generateContent"),
        ("a?key=b#c", "/v1beta/models/a%3Fkey=b%23c:generateContent"),
        ("../../x", "/v1beta/x:generateContent"),
    ] {
        let url = with_target(ApiFormat::Gemini, model, |target| {
            generate(ApiFormat::Gemini, target, &prompt(), false).url
        });
        assert_eq!(
            (url.host_str(), url.path(), url.query()),
            (Some("generativelanguage.googleapis.com"), path, None)
        );
    }
}

#[test]
fn a_base_url_keeps_its_query_and_may_end_in_a_slash() {
    let url = Url::parse("https://example.test/openai/v1/?api-version=preview").unwrap();
    let target = Target {
        base_url: &url,
        key: None,
        model: "m",
        parameters: Parameters::default(),
    };
    let sent = generate(ApiFormat::Azure, target, &prompt(), true).url;
    assert_eq!(
        sent.as_str(),
        "https://example.test/openai/v1/chat/completions?api-version=preview"
    );
    let sent = generate(ApiFormat::Gemini, target, &prompt(), true).url;
    assert_eq!(sent.query(), Some("api-version=preview&alt=sse"));
}
