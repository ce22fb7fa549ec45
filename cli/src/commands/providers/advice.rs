//! Advice for resolving the failure of a provider.

use shared::llm::catalog::Provider;
use shared::llm::wire::ApiFormat;

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
        "tls_failed" => format!("check that {url} supports HTTPS and that this machine's clock is correct"),
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
        "not_found" => format!("check that the provider offers {model} and that {url} is its base URL"),
        "quota_exhausted" => {
            "the balance or the free quota is exhausted; see the provider's billing page".to_owned()
        }
        "rate_limited" => "the provider's rate limit is exceeded; wait a minute and try again".to_owned(),
        "first_token_timeout" => format!(
            "the first token took too long; raise timeouts.first_token_ms in the provider's entry (now {})",
            provider.timeouts.first_token.as_millis()
        ),
        "stalled" | "timed_out" | "broken_off" | "server_error" | "unfinished" => {
            "the provider failed temporarily; try again later".to_owned()
        }
        "malformed" => {
            format!("the response of {url} does not match the provider's kind; check base_url and kind")
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
        assert_eq!(advice(&settings, groq, "fast", "filtered"), None);
    }
}
