//! The model settings of a workspace: those of the environment, else what `attest setup` wrote.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde::Deserialize;
use shared::domain;
use shared::llm::catalog::{self, Provider};
use shared::llm::routing::{self, Choice};
use shared::llm::{Settings, budget};

/// The list of providers that `attest setup` writes, from the root of the workspace.
pub(crate) const PROVIDERS_FILE: &str = ".attest/providers.json";
/// Told to functions too, so that they look for keys where the developer keeps them.
const SSM_ENDPOINT: &str = "AWS_ENDPOINT_URL_SSM";
/// A usual question with its passages, in bytes, and a usual answer, in tokens: for orders that depend on prices.
const USUAL_PROMPT: (usize, u32) = (12_000, 500);

/// Looks a variable up.
pub(crate) type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables of this process; one without a value is not set, as for the functions.
pub(crate) fn process(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.into_string().ok()?;
    (!value.trim().is_empty()).then_some(value)
}

/// Where the providers are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In the variable `LLM_PROVIDERS`.
    Variable,
    /// In the file of `attest setup`.
    File(PathBuf),
    /// Nowhere: keys in the environment turn theirs on.
    Keys,
}

/// The providers, and what a function has to be told to have them too.
pub(crate) struct ModelSettings {
    pub(crate) settings: Settings,
    pub(crate) source: Source,
    /// Where the key of each provider is, as it is written down (`env:NAME`), in the order of the providers.
    key_places: Vec<Option<String>>,
    variables: BTreeMap<String, String>,
}

impl ModelSettings {
    /// Reads the settings as a function of this workspace would. The error names every fault, and never a key.
    pub(crate) fn read(root: &Path, variable: Variable<'_>) -> anyhow::Result<Self> {
        let file = root.join(PROVIDERS_FILE);
        let source = match variable("LLM_PROVIDERS") {
            Some(_) => Source::Variable,
            None if file.is_file() => Source::File(file),
            None => Source::Keys,
        };
        // Whatever the settings ask for is what a function needs: nothing else of the environment reaches it.
        let asked = RefCell::new(BTreeMap::new());
        let recorded = |name: &str| {
            let value = match (&source, name) {
                (Source::File(file), "LLM_PROVIDERS") => Some(file.display().to_string()),
                _ => variable(name),
            }?;
            asked.borrow_mut().insert(name.to_owned(), value.clone());
            Some(value)
        };
        let settings = Settings::read(&recorded).map_err(|faults| match &source {
            Source::File(file) => anyhow!(
                "the model settings in {} are wrong: {} (`cargo attest setup` writes that file anew)",
                file.display(),
                faults.join("; ")
            ),
            _ => anyhow!("the model settings are wrong: {}", faults.join("; ")),
        })?;
        let mut variables = asked.take();
        let key_places = match variables.get("LLM_PROVIDERS") {
            Some(list) => places_in_list(list)?,
            None => places_of_variables(variable),
        };
        variables.extend(variable(SSM_ENDPOINT).map(|url| (SSM_ENDPOINT.to_owned(), url)));
        Ok(Self {
            settings,
            source,
            key_places,
            variables,
        })
    }

    /// The environment variables from which a function reads the same settings. They hold keys.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone().into_iter().collect()
    }

    /// The models that write, the one to be tried first first.
    pub(crate) fn order(&self) -> Vec<Choice<'_>> {
        let (prompt_bytes, max_tokens) = USUAL_PROMPT;
        let Settings {
            providers, routing, ..
        } = &self.settings;
        routing::order(
            providers,
            *routing,
            &domain::Model::Auto,
            prompt_bytes,
            max_tokens,
        )
    }

    /// Where the key of a provider is, such as `env:GROQ_API_KEY`; `None` when it wants none.
    pub(crate) fn key_place(&self, provider: &Provider) -> Option<&str> {
        let providers = self.settings.providers.iter().zip(&self.key_places);
        let mut known = providers.filter(|(known, _)| known.name == provider.name);
        known.next().and_then(|(_, place)| place.as_deref())
    }

    /// One line for people: who writes.
    pub(crate) fn summary(&self) -> String {
        let models: Vec<String> = self.order().into_iter().map(full_name).collect();
        match models.split_first() {
            None => "Answers are quoted from the documents, without a model; `cargo attest setup` finds one \
                     that writes."
                .to_owned(),
            Some((first, [])) => format!("Answers are written by {first}."),
            Some((first, others)) => {
                format!(
                    "Answers are written by {first}; next in turn: {}.",
                    others.join(", ")
                )
            }
        }
    }
}

/// A model as requests may name it.
pub(crate) fn full_name(choice: Choice<'_>) -> String {
    format!("{}/{}", choice.provider.name, choice.model.name)
}

/// The price of a model in words: `free`, `0.15 / 0.60` US dollars for a million tokens read and written, or `not known`.
pub(crate) fn price(model: &catalog::Model) -> String {
    let million = |input, output| domain::Tokens { input, output };
    match model.price {
        None => "not known".to_owned(),
        Some(price) if price.is_free() => "free".to_owned(),
        Some(price) => format!(
            "{:.2} / {:.2}",
            budget::dollars(price.of(million(1_000_000, 0))),
            budget::dollars(price.of(million(0, 1_000_000)))
        ),
    }
}

/// Whether calling this model is billed, or may be.
pub(crate) fn is_billed(choice: Choice<'_>) -> bool {
    match choice.model.price {
        Some(price) => !price.is_free(),
        None => choice.provider.tier == catalog::Tier::Paid,
    }
}

#[derive(Deserialize)]
struct Place {
    key: Option<String>,
}

/// The list has been read as providers before, so each `key` is a place and no key.
fn places_in_list(list: &str) -> anyhow::Result<Vec<Option<String>>> {
    let places: Vec<Place> = if list.trim_start().starts_with('[') {
        serde_json::from_str(list)?
    } else {
        serde_json::from_slice(&std::fs::read(list)?)?
    };
    Ok(places.into_iter().map(|place| place.key).collect())
}

fn places_of_variables(variable: Variable<'_>) -> Vec<Option<String>> {
    let set = catalog::variables().filter(|name| variable(name).is_some());
    set.map(|name| (name != "OLLAMA_HOST").then(|| format!("env:{name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"[
        {"kind": "openai", "key": "env:WORK_KEY", "models": [
            {"name": "gpt", "input_usd_per_million": 0.15, "output_usd_per_million": 0.6}]},
        {"name": "box", "kind": "llamacpp", "models": ["tiny"]}
    ]"#;

    fn names(settings: &ModelSettings) -> Vec<String> {
        settings.variables().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_function_is_told_what_the_settings_ask_for_and_nothing_else() {
        let nowhere = Path::new("/no/such/folder");
        let variable = |name: &str| match name {
            "LLM_PROVIDERS" => Some(LIST.to_owned()),
            "LLM_ROUTING" => Some("ordered".to_owned()),
            "WORK_KEY" | "GROQ_API_KEY" | "HOME" => Some("k".to_owned()),
            "AWS_ENDPOINT_URL_SSM" => Some("http://127.0.0.1:1".to_owned()),
            _ => None,
        };
        let listed = ModelSettings::read(nowhere, &variable).unwrap();
        assert_eq!(
            names(&listed),
            ["AWS_ENDPOINT_URL_SSM", "LLM_PROVIDERS", "LLM_ROUTING", "WORK_KEY"]
        );
        let openai = &listed.settings.providers[0];
        assert_eq!(listed.key_place(openai), Some("env:WORK_KEY"));
        assert_eq!(price(&openai.models[0]), "0.15 / 0.60");
        assert_eq!(
            listed.summary(),
            "Answers are written by openai/gpt; next in turn: box/tiny."
        );
    }

    #[test]
    fn keys_alone_are_handed_on_with_the_models_they_name() {
        let variable = |name: &str| match name {
            "GROQ_API_KEY" | "GROQ_MODEL" | "OPENAI_MODEL" | "HOME" => Some("x".to_owned()),
            "OLLAMA_HOST" => Some("box".to_owned()),
            _ => None,
        };
        let keys = ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap();
        assert_eq!(names(&keys), ["GROQ_API_KEY", "GROQ_MODEL", "OLLAMA_HOST"]);
        let places = keys
            .settings
            .providers
            .iter()
            .map(|provider| keys.key_place(provider));
        assert_eq!(places.collect::<Vec<_>>(), [None, Some("env:GROQ_API_KEY")]);
        assert_eq!(keys.source, Source::Keys);
    }

    #[test]
    fn the_file_of_setup_counts_when_the_variable_is_not_set() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(PROVIDERS_FILE);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, r#"[{"kind": "llamacpp", "models": ["tiny"]}]"#).unwrap();
        let read = |variable: Variable<'_>| ModelSettings::read(root.path(), variable).unwrap();

        let from_file = read(&|name| (name == "GROQ_API_KEY").then(|| "k".to_owned()));
        let path = file.display().to_string();
        assert_eq!(from_file.variables(), [("LLM_PROVIDERS".to_owned(), path)]);
        assert_eq!(from_file.summary(), "Answers are written by llamacpp/tiny.");

        std::fs::write(&file, r#"[{"kind": "groq", "key": "env:GONE", "models": ["m"]}]"#).unwrap();
        let error = ModelSettings::read(root.path(), &|_| None)
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("providers.json") && error.contains("GONE") && error.contains("setup"),
            "{error}"
        );

        let from_variable = read(&|name| (name == "LLM_PROVIDERS").then(|| "[]".to_owned()));
        assert_eq!(from_variable.source, Source::Variable);
        assert!(from_variable.summary().contains("without a model"));
    }

    #[test]
    fn faults_name_the_variable_to_set_and_no_key() {
        let variable = |name: &str| (name == "LLM_PROVIDERS").then(|| LIST.to_owned());
        let error = ModelSettings::read(Path::new("/no/such/folder"), &variable)
            .err()
            .unwrap();
        assert!(error.to_string().contains("the variable WORK_KEY"), "{error}");
    }
}
