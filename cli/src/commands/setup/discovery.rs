//! Provider discovery: a running Ollama with its models, and API keys in the environment.

use std::sync::Arc;

use serde_json::Value as Json;
use shared::llm::catalog::{self, Provider};
use shared::llm::{Router, Settings};

use super::context::SetupContext;
use super::provider_list;
use crate::model_server::ModelServerConfig;

/// The address on which Ollama listens by default.
const DEFAULT_OLLAMA_HOST: &str = "127.0.0.1:11434";
const OLLAMA_HOST: &str = "OLLAMA_HOST";

/// The providers that are available without further configuration.
pub(super) struct Discovery {
    /// The catalog entry for Ollama.
    ollama: Provider,
    /// The models of the running Ollama, or the error of listing them.
    ollama_models: Result<Vec<String>, String>,
    /// The Ollama model to write answers with.
    pub(super) ollama_model: Option<String>,
    /// The providers enabled by API keys, each with the variable of its key.
    keyed: Vec<(&'static str, Provider)>,
}

/// Queries Ollama and the environment.
pub(super) async fn discover(context: &SetupContext<'_>) -> anyhow::Result<Discovery> {
    let host = (context.variable)(OLLAMA_HOST).unwrap_or_else(|| DEFAULT_OLLAMA_HOST.to_owned());
    let only_ollama = |name: &str| (name == OLLAMA_HOST).then(|| host.clone());
    let mut local = catalog::from_environment(&only_ollama)?;
    anyhow::ensure!(!local.is_empty(), "the catalog has no provider for {OLLAMA_HOST}");
    let ollama = local.remove(0);
    let router = Router::standalone(Settings::default(), Arc::clone(&context.secrets));
    let ollama_models = router.list_models(&ollama).await;
    let ollama_models = ollama_models.map_err(|failure| failure.to_string());
    let names = ollama_models.as_deref().unwrap_or_default();
    let ollama_model = choose_model(names, (context.variable)("OLLAMA_MODEL").as_deref());

    let all = catalog::from_environment(&|name| (context.variable)(name).filter(|_| name != OLLAMA_HOST))?;
    let set = catalog::variables().filter(|name| *name != OLLAMA_HOST && (context.variable)(name).is_some());
    Ok(Discovery {
        ollama,
        ollama_model,
        ollama_models,
        keyed: set.zip(all).collect(),
    })
}

/// Chooses the model to write answers with: the preferred one, else the first instruction-tuned model, else the first
/// generating model.
fn choose_model(names: &[String], preferred: Option<&str>) -> Option<String> {
    let is_preferred = |name: &&String| {
        preferred
            .is_some_and(|preferred| *name == preferred || name.strip_suffix(":latest") == Some(preferred))
    };
    let is_generative = |name: &&String| {
        const EMBEDDING_NAMES: [&str; 6] = ["embed", "minilm", "bge-", "rerank", "gte-", "paraphrase"];
        !EMBEDDING_NAMES
            .iter()
            .any(|word| name.to_lowercase().contains(word))
    };
    let is_instruction_tuned = |name: &&String| {
        let name = name.to_lowercase();
        ["instruct", "chat", "-it"].iter().any(|word| name.contains(word))
    };
    let mut all = names.iter();
    let generative = || names.iter().filter(is_generative);
    all.find(is_preferred)
        .or_else(|| generative().find(is_instruction_tuned))
        .or_else(|| generative().next())
        .cloned()
}

impl Discovery {
    /// Describes the discovery in two lines. Shows the names of keys, never their values.
    pub(super) fn text(&self) -> String {
        let url = &self.ollama.base_url;
        let ollama = match (&self.ollama_models, &self.ollama_model) {
            (Err(failure), _) => format!("No Ollama at {url}: {failure}."),
            (Ok(names), Some(model)) => {
                format!(
                    "Ollama at {url} has {}; {model} will write answers.",
                    names.join(", ")
                )
            }
            (Ok(_), None) => format!(
                "Ollama at {url} has no generating model; run `ollama pull llama3.2` and this command again."
            ),
        };
        let names: Vec<&str> = self.keyed.iter().map(|(variable, _)| *variable).collect();
        let keys = if names.is_empty() {
            let known: Vec<&str> = catalog::variables().filter(|name| *name != OLLAMA_HOST).collect();
            format!("No API key in the environment; checked {}.", known.join(", "))
        } else {
            format!("API keys in the environment: {}.", names.join(", "))
        };
        format!("{ollama}\n{keys}")
    }

    /// The entries of the provider list, local models first.
    pub(super) fn entries(&self, offline: Option<&ModelServerConfig>) -> Vec<Json> {
        let ollama = self.ollama_model.as_ref().map(|model| {
            let context = self
                .ollama
                .models
                .first()
                .map_or(8_192, |model| model.context_tokens);
            let url = self.ollama.base_url.as_str().trim_end_matches('/');
            provider_list::local(&self.ollama.name, "ollama", url, model, context)
        });
        let keyed = self.keyed.iter();
        let keyed = keyed.map(|(variable, provider)| provider_list::keyed(provider, variable));
        ollama
            .into_iter()
            .chain(offline.map(provider_list::model_server))
            .chain(keyed)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_instruction_tuned_model_is_chosen() {
        let chosen = |names: &[&str], preferred| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            choose_model(&names, preferred)
        };
        assert_eq!(
            chosen(&["nomic-embed-text:latest", "llama3.2:latest"], None).as_deref(),
            Some("llama3.2:latest")
        );
        assert_eq!(
            chosen(&["codellama", "qwen2.5:3b-instruct"], None).as_deref(),
            Some("qwen2.5:3b-instruct")
        );
        assert_eq!(
            chosen(&["a-instruct", "b:latest"], Some("b")).as_deref(),
            Some("b:latest")
        );
        assert_eq!(chosen(&["a"], Some("gone")).as_deref(), Some("a"));
        assert_eq!(chosen(&["all-minilm"], None), None);
    }
}
