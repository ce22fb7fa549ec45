//! What is there already: an Ollama with its models, keys in the environment.

use serde_json::Value as Json;
use shared::llm::catalog::{self, Provider};
use shared::llm::{Router, Settings, Standalone};
use std::sync::Arc;

use super::{Surroundings, offline_entry, provider_list};
use crate::model_server::Launch;

/// Where Ollama listens when nothing else is said.
const USUAL_OLLAMA: &str = "127.0.0.1:11434";
const OLLAMA_HOST: &str = "OLLAMA_HOST";

/// What was found.
pub(super) struct Found {
    /// Ollama as it would be called.
    ollama: Provider,
    /// Its models, or why they cannot be told.
    ollama_models: Result<Vec<String>, String>,
    /// The one that is to write.
    pub(super) ollama_model: Option<String>,
    /// The providers that keys turn on, each with the variable of its key.
    keyed: Vec<(&'static str, Provider)>,
}

/// Looks for all of it.
pub(super) async fn look(around: &Surroundings<'_>) -> anyhow::Result<Found> {
    let host = (around.variable)(OLLAMA_HOST).unwrap_or_else(|| USUAL_OLLAMA.to_owned());
    let only_ollama = |name: &str| (name == OLLAMA_HOST).then(|| host.clone());
    let mut local = catalog::from_variables(&only_ollama)?;
    anyhow::ensure!(!local.is_empty(), "Ollama is not known by {OLLAMA_HOST}");
    let ollama = local.remove(0);
    let router = Router::new(
        Settings::default(),
        Arc::new(Standalone),
        Arc::new(Standalone),
        Arc::clone(&around.secrets),
    );
    let ollama_models = router.models_of(&ollama).await;
    let ollama_models = ollama_models.map_err(|failure| failure.to_string());
    let names = ollama_models.as_deref().unwrap_or_default();
    let ollama_model = writer(names, (around.variable)("OLLAMA_MODEL").as_deref());

    let all = catalog::from_variables(&|name| (around.variable)(name).filter(|_| name != OLLAMA_HOST))?;
    let set = catalog::variables().filter(|name| *name != OLLAMA_HOST && (around.variable)(name).is_some());
    Ok(Found {
        ollama,
        ollama_model,
        ollama_models,
        keyed: set.zip(all).collect(),
    })
}

/// The model to write with: the one that is asked for, else the first that follows instructions, else the first that
/// writes at all.
fn writer(names: &[String], asked_for: Option<&str>) -> Option<String> {
    let is_asked_for = |name: &&String| {
        asked_for.is_some_and(|wanted| *name == wanted || name.strip_suffix(":latest") == Some(wanted))
    };
    let writes = |name: &&String| {
        const VECTORS: [&str; 6] = ["embed", "minilm", "bge-", "rerank", "gte-", "paraphrase"];
        !VECTORS.iter().any(|word| name.to_lowercase().contains(word))
    };
    let follows = |name: &&String| {
        let name = name.to_lowercase();
        ["instruct", "chat", "-it"].iter().any(|word| name.contains(word))
    };
    let mut all = names.iter();
    let writing = || names.iter().filter(writes);
    all.find(is_asked_for)
        .or_else(|| writing().find(follows))
        .or_else(|| writing().next())
        .cloned()
}

impl Found {
    /// All of it in words. Of keys the names only.
    pub(super) fn text(&self) -> String {
        let url = &self.ollama.base_url;
        let ollama = match (&self.ollama_models, &self.ollama_model) {
            (Err(failure), _) => format!("No Ollama at {url}: {failure}."),
            (Ok(names), Some(model)) => {
                format!("Ollama at {url} has {}; {model} is to write.", names.join(", "))
            }
            (Ok(_), None) => format!(
                "Ollama at {url} has no model that writes: run `ollama pull llama3.2`, then this again."
            ),
        };
        let names: Vec<&str> = self.keyed.iter().map(|(variable, _)| *variable).collect();
        let keys = if names.is_empty() {
            let known: Vec<&str> = catalog::variables().filter(|name| *name != OLLAMA_HOST).collect();
            format!("No key in the environment: looked for {}.", known.join(", "))
        } else {
            format!("Keys in the environment: {}.", names.join(", "))
        };
        format!("{ollama}\n{keys}")
    }

    /// The entries for the list of providers: this machine first.
    pub(super) fn entries(&self, offline: Option<&Launch>) -> Vec<Json> {
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
            .chain(offline.map(offline_entry))
            .chain(keyed)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_follows_instructions_writes() {
        let chosen = |names: &[&str], asked_for| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            writer(&names, asked_for)
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
