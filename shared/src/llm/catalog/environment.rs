//! Providers that the environment enables without `LLM_PROVIDERS`: one per API key, and Ollama by `OLLAMA_HOST`.

use url::Url;

use super::{
    json::{CatalogError, ModelEntry, ProviderEntry, TimeoutsEntry},
    provider::{Provider, Tier},
};
use crate::llm::wire::ApiFormat;

/// The providers that one variable enables, each with its default model, which `{PROVIDER}_MODEL` overrides. Prices are
/// those published in November 2026 and apply to the default model only.
const KNOWN_PROVIDERS: [KnownProvider; 6] = [
    KnownProvider {
        variable: "OLLAMA_HOST",
        name: "ollama",
        kind: ApiFormat::Ollama,
        tier: Tier::Local,
        model: "llama3.2",
        context_tokens: 32_768,
        price: None,
    },
    KnownProvider {
        variable: "GROQ_API_KEY",
        name: "groq",
        kind: ApiFormat::Groq,
        tier: Tier::Free,
        model: "openai/gpt-oss-20b",
        context_tokens: 131_072,
        price: None,
    },
    KnownProvider {
        variable: "GEMINI_API_KEY",
        name: "gemini",
        kind: ApiFormat::Gemini,
        tier: Tier::Free,
        model: "gemini-2.5-flash-lite",
        context_tokens: 1_000_000,
        price: None,
    },
    KnownProvider {
        variable: "HF_TOKEN",
        name: "huggingface",
        kind: ApiFormat::Huggingface,
        tier: Tier::Free,
        model: "meta-llama/Llama-3.1-8B-Instruct",
        context_tokens: 32_768,
        price: None,
    },
    KnownProvider {
        variable: "OPENAI_API_KEY",
        name: "openai",
        kind: ApiFormat::Openai,
        tier: Tier::Paid,
        model: "gpt-6-luna",
        context_tokens: 1_050_000,
        price: Some((0.10, 0.50)),
    },
    KnownProvider {
        variable: "ANTHROPIC_API_KEY",
        name: "anthropic",
        kind: ApiFormat::Anthropic,
        tier: Tier::Paid,
        model: "claude-haiku-4-5",
        context_tokens: 200_000,
        price: Some((1.00, 5.00)),
    },
];

/// A provider that one variable enables: its API key, or the address of Ollama.
struct KnownProvider {
    variable: &'static str,
    name: &'static str,
    kind: ApiFormat,
    tier: Tier,
    model: &'static str,
    context_tokens: u32,
    price: Option<(f64, f64)>,
}

/// Returns the variables that enable a provider.
pub fn variables() -> impl Iterator<Item = &'static str> {
    KNOWN_PROVIDERS.iter().map(|provider| provider.variable)
}

/// Returns the providers that the environment enables, in the order of preference.
///
/// # Errors
/// When an address is malformed.
pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Provider>, CatalogError> {
    let mut providers = Vec::new();
    for known in &KNOWN_PROVIDERS {
        let Some(value) = variable(known.variable) else {
            continue;
        };
        let model_override = variable(&format!("{}_MODEL", known.name.to_uppercase()));
        let price = known.price.filter(|_| model_override.is_none());
        let is_ollama = known.kind == ApiFormat::Ollama;
        let address = is_ollama.then(|| ollama_address(&value));
        let entry = ProviderEntry {
            name: Some(known.name.to_owned()),
            kind: known.kind,
            base_url: address,
            region: None,
            key: (!is_ollama).then(|| format!("env:{}", known.variable)),
            proxy: None,
            ca_file: None,
            tier: Some(known.tier),
            models: vec![ModelEntry {
                context_tokens: Some(known.context_tokens),
                input_usd_per_million: price.map(|(input, _)| input),
                output_usd_per_million: price.map(|(_, output)| output),
                ..ModelEntry::named(model_override.unwrap_or_else(|| known.model.to_owned()))
            }],
            embedding: None,
            timeouts: TimeoutsEntry::default(),
            stream: None,
        };
        let provider = entry.into_provider(variable);
        providers.push(provider.map_err(|error| CatalogError(format!("{}: {error}", known.variable)))?);
    }
    Ok(providers)
}

/// Converts `OLLAMA_HOST` to a URL. Like Ollama, accepts `host`, `host:port` or a URL. `0.0.0.0` is an address to listen
/// on, so it becomes `127.0.0.1`.
pub(super) fn ollama_address(value: &str) -> String {
    let address = if value.contains("://") {
        value.to_owned()
    } else {
        format!("http://{value}")
    };
    match Url::parse(&address) {
        Ok(mut url) => {
            if url.port().is_none() && !value.contains("://") {
                let _ = url.set_port(Some(11_434));
            }
            if url.host_str() == Some("0.0.0.0") {
                let _ = url.set_host(Some("127.0.0.1"));
            }
            url.to_string()
        }
        Err(_) => address,
    }
}
