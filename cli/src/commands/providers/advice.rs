//! What to do about a provider that does not work.

use shared::llm::catalog::Provider;
use shared::llm::wire::Kind;

use crate::model_server::MODEL_NAME;
use crate::model_settings::ModelSettings;

/// What to do after a call of `model` ended with this outcome, as attempts name it. `None` when there is nothing to do.
pub(super) fn advice(
    settings: &ModelSettings,
    provider: &Provider,
    model: &str,
    outcome: &str,
) -> Option<String> {
    let url = &provider.base_url;
    let key = settings.key_place(provider);
    let advice = match outcome {
        "unreachable" | "connect_timeout" => unreachable(provider, model),
        "tls_failed" => format!("check that {url} speaks https, and the clock of this machine"),
        "unauthorized" => match key {
            Some(key) => format!("the key in {} is wrong, or may not use {model}", place(key)),
            None => "it wants a key: set `key` to `env:NAME` in its entry, and the variable NAME".to_owned(),
        },
        "no_key" => match key {
            Some(key) => format!("check {}, and that your AWS credentials may read it", place(key)),
            None => return None,
        },
        "not_found" if provider.kind == Kind::Ollama => format!("`ollama pull {model}`"),
        "not_found" => format!("it has no model {model}, or {url} is not its address"),
        "quota_exhausted" => "its money or its free quota is used up: see its billing page".to_owned(),
        "rate_limited" => "it is asked too often: wait a minute and try again".to_owned(),
        "first_token_timeout" => format!(
            "it is slow to begin: raise timeouts.first_token_ms of its entry (now {})",
            provider.timeouts.first_token.as_millis()
        ),
        "stalled" | "timed_out" | "broken_off" | "server_error" | "unfinished" => {
            "its own trouble: try again in a moment".to_owned()
        }
        "malformed" => format!("{url} does not answer as its kind does: check base_url and kind"),
        _ => return None,
    };
    Some(advice)
}

fn unreachable(provider: &Provider, model: &str) -> String {
    let url = &provider.base_url;
    match provider.kind {
        Kind::Ollama => {
            format!("start Ollama (`ollama serve`), or set OLLAMA_HOST: nothing answers at {url}")
        }
        Kind::Llamacpp if model == MODEL_NAME => {
            "`cargo attest dev` starts it; install it again with `cargo attest setup --offline-model`"
                .to_owned()
        }
        Kind::Llamacpp | Kind::Vllm | Kind::OpenaiCompatible => {
            format!("start the model server: nothing answers at {url}")
        }
        _ => format!("check the network, and that {url} is its address"),
    }
}

/// `env:NAME` as people call it.
fn place(key: &str) -> &str {
    key.strip_prefix("env:").unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
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
        assert_eq!(says(ollama, "not_found"), "`ollama pull llama3.2`");
        assert_eq!(
            says(groq, "unauthorized"),
            "the key in GROQ_API_KEY is wrong, or may not use fast"
        );
        assert!(says(compatible, "unauthorized").starts_with("it wants a key"));
        assert!(says(compatible, "unreachable").contains("http://127.0.0.1:5/v1"));
        assert!(says(groq, "first_token_timeout").ends_with("(now 12000)"));
        assert_eq!(advice(&settings, groq, "fast", "filtered"), None);
    }
}
