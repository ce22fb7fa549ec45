//! Advice for resolving the failure of a provider.

use shared::llm::catalog::{Key, Model, Provider, Tier};
use shared::llm::wire::{ApiFormat, ApiKey, MaxTokensName, Parameter, Parameters};

use super::list::kind_name;
use crate::model_server::MODEL_NAME;
use crate::model_settings::ModelSettings;

/// Returns advice for a call of `model` that ended with this outcome code of an attempt, or `None` if there is none.
pub(super) fn advice(
    settings: &ModelSettings,
    provider: &Provider,
    model: &str,
    outcome: &str,
) -> Option<String> {
    let url = &provider.base_url;
    let key = settings.key_location(provider);
    let advice = match outcome {
        "unreachable" | "connect_timeout" => unreachable(provider, model),
        "tls_failed" => format!(
            "check that {url} supports HTTPS and that this machine's clock is correct; if a company's proxy or the \
             server has a certificate of its own authority, set `ca_file` in the provider's entry to its PEM file"
        ),
        "proxy_failed" => match &provider.proxy {
            Some(proxy) => format!(
                "the proxy {proxy} cannot be reached or does not connect to {url}; correct `proxy` in the provider's \
                 entry or HTTPS_PROXY, or add the host to NO_PROXY"
            ),
            None => return None,
        },
        "invalid_key" => format!(
            "set {} to the key alone, as the provider shows it",
            key.map_or("the key", location)
        ),
        "empty" => format!(
            "{model} spent all tokens on reasoning; set `\"reasoning_effort\": \"low\"` for it in LLM_PROVIDERS, or raise \
             `max_tokens` in requests"
        ),
        "parameter_refused" => format!(
            "{model} refuses a parameter; set `temperature` to false, `reasoning_effort` or `max_tokens_parameter` for \
             it in LLM_PROVIDERS"
        ),
        "rejected" if provider.proxy.is_some() => {
            "the provider or the proxy rejects the request; check that the proxy needs no password".to_owned()
        }
        "unauthorized" if matches!(provider.key, Key::Role(_)) => format!(
            "if AWS says accessdeniedexception, allow the role bedrock:InvokeModel and \
             bedrock:InvokeModelWithResponseStream on {model} (on Lambda: the parameter BedrockModelArns), and check in the \
             Bedrock console that the account has access to it; else the credentials are invalid or expired (run `aws sts \
             get-caller-identity`), or this machine's clock is wrong"
        ),
        "not_found" | "rejected" if provider.kind == ApiFormat::Bedrock => format!(
            "check that {model} is served by chat completions of Bedrock in the region of {url}; a model that is called \
             only through an inference profile needs the profile's id, such as us.{model}"
        ),
        "unauthorized" => match key {
            Some(key) => format!(
                "the key in {} is invalid or has no access to {model}; replace the key",
                location(key)
            ),
            None => {
                "the provider requires a key; set `key` to `env:NAME` in its entry, and set the variable NAME"
                    .to_owned()
            }
        },
        "no_key" => match key {
            Some(key) => format!(
                "check that {} exists and that your AWS credentials can read it",
                location(key)
            ),
            None => return None,
        },
        "not_found" if provider.kind == ApiFormat::Ollama => format!("run `ollama pull {model}`"),
        "not_found" => format!(
            "check that the provider offers {model} and that {url} is its base URL{}",
            usual_address(provider)
        ),
        "quota_exhausted" => {
            "the balance or the free quota is exhausted; see the provider's billing page".to_owned()
        }
        "rate_limited" => "the provider's rate limit is exceeded; wait a minute and try again".to_owned(),
        "first_token_timeout" => format!(
            "the first token took too long; raise timeouts.first_token_ms in the provider's entry (now {})",
            provider.timeouts.first_token.as_millis()
        ),
        "context_too_long" => format!(
            "set `context_tokens` of {model} in LLM_PROVIDERS to the context window that the provider names"
        ),
        "filtered" => {
            "the provider's content filter withheld the text; other models are tried next".to_owned()
        }
        "rejected" => format!(
            "the provider rejects the request; check that {model} generates text and that {url} is the address of this \
             kind of provider"
        ),
        "in_band_error" | "stalled" | "timed_out" | "broken_off" | "server_error" | "unfinished" => {
            "the provider failed temporarily; try again later".to_owned()
        }
        "malformed" => {
            format!(
                "the response of {url} does not match the provider's kind; check base_url and kind{}, and that no proxy \
                 or sign-in page answers instead",
                usual_address(provider)
            )
        }
        _ => return None,
    };
    Some(advice)
}

fn unreachable(provider: &Provider, model: &str) -> String {
    let url = &provider.base_url;
    match provider.kind {
        ApiFormat::Ollama => {
            format!("start Ollama (`ollama serve`) or set OLLAMA_HOST; nothing responds at {url}")
        }
        ApiFormat::Llamacpp if model == MODEL_NAME => {
            "run `cargo attest dev`, which starts the model server, or reinstall it with \
             `cargo attest setup --offline-model`"
                .to_owned()
        }
        ApiFormat::Llamacpp | ApiFormat::Vllm | ApiFormat::OpenaiCompatible => {
            format!("start the model server; nothing responds at {url}")
        }
        _ => format!("check the network connection and that {url} is the provider's base URL"),
    }
}

/// The address that providers of this kind usually have, if it is another one.
fn usual_address(provider: &Provider) -> String {
    let url = &provider.base_url;
    let usual = match provider.kind.default_base_url() {
        Some(usual) if url.host_str() == usual.split('/').nth(2) => usual.to_owned(),
        None if !url.path().contains("v1") => format!("{}/v1", url.as_str().trim_end_matches('/')),
        _ => return String::new(),
    };
    match url.as_str().trim_end_matches('/') == usual {
        true => String::new(),
        false => format!(" (usually {usual})"),
    }
}

/// What to set right in the address of a provider.
pub(super) fn address_notes(provider: &Provider) -> Vec<String> {
    let url = &provider.base_url;
    let host = url.host_str().unwrap_or_default();
    let mut notes = Vec::new();
    if url.scheme() == "http" && provider.tier != Tier::Local && host.contains('.') && !provider.is_private()
    {
        notes.push(format!(
            "the key and all texts travel to {host} unencrypted; write base_url with https"
        ));
    }
    if host.ends_with(".openai.azure.com") && provider.kind != ApiFormat::Azure {
        notes.push("the address is Azure's; set `kind` to `azure`".to_owned());
    }
    if let Some(proxy) = &provider.proxy {
        notes.push(format!(
            "called through the proxy {proxy}; functions use one only if `proxy` is in the provider's entry"
        ));
    }
    notes
}

/// What to set right in a key. Never contains the key.
pub(super) fn key_notes(settings: &ModelSettings, provider: &Provider, key: &ApiKey) -> Vec<String> {
    let place = location(settings.key_location(provider).unwrap_or("the key"));
    let mut notes = Vec::new();
    if let Some(repair) = key.repair() {
        notes.push(format!("correct {place}: {repair}, which is left out of calls"));
    }
    let is_known = !matches!(
        provider.kind,
        ApiFormat::Azure
            | ApiFormat::Bedrock
            | ApiFormat::Llamacpp
            | ApiFormat::Vllm
            | ApiFormat::OpenaiCompatible
            | ApiFormat::Ollama
    );
    if let Some(issuer) = key.issuer().filter(|issuer| is_known && *issuer != provider.kind) {
        notes.push(format!(
            "{place} looks like a key of {}, not of {}",
            kind_name(issuer),
            kind_name(provider.kind)
        ));
    }
    notes
}

/// What to set for a model that refused parameters, so that no call is lost on them.
pub(super) fn refusal_notes(model: &Model, learned: Parameters) -> Vec<String> {
    let configured = model.parameters;
    let refused = Parameter::ALL
        .into_iter()
        .filter(|parameter| configured.has(*parameter) && !learned.has(*parameter));
    refused
        .map(|parameter| {
            let setting = match parameter {
                Parameter::Temperature => "set `\"temperature\": false` for it",
                Parameter::MaxTokens => match learned.max_tokens {
                    Some(MaxTokensName::MaxTokens) => "set `\"max_tokens_parameter\": \"max_tokens\"` for it",
                    _ => "set `\"max_tokens_parameter\": \"max_completion_tokens\"` for it",
                },
                Parameter::ReasoningEffort => "set another `reasoning_effort` for it",
                Parameter::Schema => "set `\"json\": false` for it",
                Parameter::Stream => "set `\"stream\": false` in the provider's entry",
                Parameter::Stop | Parameter::System | Parameter::Usage => "calls go without",
            };
            format!("{} refuses {}; {setting}", model.name, parameter.name())
        })
        .collect()
}

/// Advice for a model that the provider does not list, if it lists one of a similar name.
pub(super) fn near_name(provider: &Provider, model: &str, listed: &[String]) -> Option<String> {
    let wanted = model.to_lowercase();
    let similarity = |name: &String| {
        let name = name.to_lowercase();
        // Names often lack the vendor before or the tag behind.
        let last = name.rsplit('/').next().unwrap_or(&name);
        let part = name.contains(&wanted) || wanted.contains(last);
        strsim::jaro_winkler(&wanted, &name)
            .max(strsim::jaro_winkler(&wanted, last))
            .max(if part { 0.9 } else { 0.0 })
    };
    let near = listed
        .iter()
        .map(|name| (similarity(name), name))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(similarity, _)| *similarity >= 0.85)?;
    Some(format!(
        "{} has no model {model}; did you mean {}?",
        provider.name, near.1
    ))
}

/// A key's location for display, without the prefix `env:`.
fn location(key: &str) -> &str {
    key.strip_prefix("env:").unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn each_failure_has_advice() {
        let list = r#"[
            {"kind": "ollama", "models": ["llama3.2"]},
            {"kind": "groq", "key": "env:GROQ_API_KEY", "models": ["fast"]},
            {"kind": "openai_compatible", "base_url": "http://127.0.0.1:5/v1", "models": ["m"]}
        ]"#;
        let variable = |name: &str| match name {
            "LLM_PROVIDERS" => Some(list.to_owned()),
            "GROQ_API_KEY" => Some("gsk-1".to_owned()),
            _ => None,
        };
        let settings = ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap();
        let [ollama, groq, compatible] = settings.settings.providers.as_slice() else {
            panic!("three providers")
        };
        let says = |provider: &Provider, outcome| {
            advice(&settings, provider, &provider.models[0].name, outcome).unwrap()
        };
        assert!(says(ollama, "unreachable").starts_with("start Ollama"));
        assert_eq!(says(ollama, "not_found"), "run `ollama pull llama3.2`");
        assert_eq!(
            says(groq, "unauthorized"),
            "the key in GROQ_API_KEY is invalid or has no access to fast; replace the key"
        );
        assert!(says(compatible, "unauthorized").starts_with("the provider requires a key"));
        assert!(says(compatible, "unreachable").contains("http://127.0.0.1:5/v1"));
        assert!(says(groq, "first_token_timeout").ends_with("(now 12000)"));
        assert_eq!(advice(&settings, groq, "fast", "cancelled"), None);
    }
}
