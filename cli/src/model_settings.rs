//! Model settings of a workspace, read from the environment or from the file that `attest setup` writes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde::Deserialize;
use shared::domain;
use shared::llm::catalog::{self, Provider};
use shared::llm::routing::{self, Choice};
use shared::llm::{Settings, budget};

/// The provider list that `attest setup` writes, relative to the workspace root.
pub(crate) const PROVIDERS_FILE: &str = ".attest/providers.json";
/// Passed to functions too, so that they read keys from the developer's Parameter Store endpoint.
const SSM_ENDPOINT: &str = "AWS_ENDPOINT_URL_SSM";
/// The size of a typical prompt in bytes and of a typical answer in tokens, for routing by price.
const TYPICAL_CALL: (usize, u32) = (12_000, 500);

/// Looks up an environment variable by name.
pub(crate) type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Looks up a variable of this process. A blank one counts as unset, as it does for the functions.
pub(crate) fn process_variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.into_string().ok()?;
    (!value.trim().is_empty()).then_some(value)
}

/// Where the provider settings come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The variable `LLM_PROVIDERS`.
    Variable,
    /// The file that `attest setup` writes.
    File(PathBuf),
    /// API keys in the environment, each of which enables its provider.
    Keys,
}

/// The model settings, with the environment variables that a function needs to read the same ones.
pub(crate) struct ModelSettings {
    pub(crate) settings: Settings,
    pub(crate) source: Source,
    /// The configured location of each provider's key (`env:NAME`), in the order of the providers.
    key_locations: Vec<Option<String>>,
    variables: BTreeMap<String, String>,
}

impl ModelSettings {
    /// Reads the settings as a function of this workspace would. The error lists every fault and contains no key.
    pub(crate) fn read(root: &Path, variable: Variable<'_>) -> anyhow::Result<Self> {
        let file = root.join(PROVIDERS_FILE);
        let source = match variable("LLM_PROVIDERS") {
            Some(_) => Source::Variable,
            None if file.is_file() => Source::File(file),
            None => Source::Keys,
        };
        // A function gets only the variables that the settings read, not the whole environment.
        let recorded = RefCell::new(BTreeMap::new());
        let record = |name: &str| {
            let value = match (&source, name) {
                (Source::File(file), "LLM_PROVIDERS") => Some(file.display().to_string()),
                _ => variable(name),
            }?;
            recorded.borrow_mut().insert(name.to_owned(), value.clone());
            Some(value)
        };
        let settings = Settings::read(&record).map_err(|faults| match &source {
            Source::File(file) => anyhow!(
                "the model settings in {} are invalid: {}; correct the file, or run `cargo attest setup` to rewrite it",
                file.display(),
                faults.join("; ")
            ),
            _ => anyhow!("the model settings are invalid: {}", faults.join("; ")),
        })?;
        let mut settings = settings;
        // Functions ignore these variables: in the cloud, they are set by others than the user.
        for provider in &mut settings.providers {
            catalog::use_environment(provider, variable).map_err(|fault| anyhow!("{fault}"))?;
        }
        let mut variables = recorded.take();
        let key_locations = match variables.get("LLM_PROVIDERS") {
            Some(list) => key_locations_in_list(list)?,
            None => key_locations_of_variables(variable),
        };
        variables.extend(variable(SSM_ENDPOINT).map(|url| (SSM_ENDPOINT.to_owned(), url)));
        Ok(Self {
            settings,
            source,
            key_locations,
            variables,
        })
    }

    /// The environment variables from which a function reads the same settings. They contain keys.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone().into_iter().collect()
    }

    /// The generating models, in routing order.
    pub(crate) fn order(&self) -> Vec<Choice<'_>> {
        let (prompt_bytes, max_tokens) = TYPICAL_CALL;
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

    /// The location of a provider's key, such as `env:GROQ_API_KEY`; `None` when it has none.
    pub(crate) fn key_location(&self, provider: &Provider) -> Option<&str> {
        let mut providers = self.settings.providers.iter().zip(&self.key_locations);
        let (_, location) = providers.find(|(known, _)| known.name == provider.name)?;
        location.as_deref()
    }

    /// One sentence that says which models write answers.
    pub(crate) fn summary(&self) -> String {
        let models: Vec<String> = self.order().into_iter().map(full_name).collect();
        match models.split_first() {
            None => "No model is configured: answers quote the documents without a model. Run `cargo attest setup` \
                     to configure one."
                .to_owned(),
            Some((first, [])) => format!("Answers are written by {first}."),
            Some((first, others)) => {
                format!("Answers are written by {first}; fallbacks: {}.", others.join(", "))
            }
        }
    }
}

/// The full name of a model in requests, `provider/model`.
pub(crate) fn full_name(choice: Choice<'_>) -> String {
    format!("{}/{}", choice.provider.name, choice.model.name)
}

/// The display form of a model's price: `free`, `not known`, or `0.15 / 0.60`, in US dollars per million input and
/// output tokens.
pub(crate) fn price(model: &catalog::Model) -> String {
    let million = |input, output| domain::Tokens { input, output };
    match model.price {
        None => "not known".to_owned(),
        Some(price) if price.is_free() => "free".to_owned(),
        Some(price) => format!(
            "{:.2} / {:.2}",
            budget::dollars(price.cost(million(1_000_000, 0))),
            budget::dollars(price.cost(million(0, 1_000_000)))
        ),
    }
}

/// Whether calls of this model are billed, or may be.
pub(crate) fn is_billed(choice: Choice<'_>) -> bool {
    match choice.model.price {
        Some(price) => !price.is_free(),
        None => choice.provider.tier == catalog::Tier::Paid,
    }
}

#[derive(Deserialize)]
struct KeyLocation {
    key: Option<String>,
}

/// The key locations in a provider list. The list parsed as providers before, so no `key` is a literal key.
fn key_locations_in_list(list: &str) -> anyhow::Result<Vec<Option<String>>> {
    let locations: Vec<KeyLocation> = if list.trim_start().starts_with('[') {
        serde_json::from_str(list)?
    } else {
        serde_json::from_slice(&std::fs::read(list)?)?
    };
    Ok(locations.into_iter().map(|location| location.key).collect())
}

fn key_locations_of_variables(variable: Variable<'_>) -> Vec<Option<String>> {
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
    fn a_function_gets_the_variables_that_the_settings_read_and_no_others() {
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
        assert_eq!(listed.key_location(openai), Some("env:WORK_KEY"));
        assert_eq!(price(&openai.models[0]), "0.15 / 0.60");
        assert_eq!(
            listed.summary(),
            "Answers are written by openai/gpt; fallbacks: box/tiny."
        );
    }

    #[test]
    fn keys_are_passed_on_with_the_models_chosen_for_them() {
        let variable = |name: &str| match name {
            "GROQ_API_KEY" | "GROQ_MODEL" | "OPENAI_MODEL" | "HOME" => Some("x".to_owned()),
            "OLLAMA_HOST" => Some("box".to_owned()),
            _ => None,
        };
        let keys = ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap();
        assert_eq!(names(&keys), ["GROQ_API_KEY", "GROQ_MODEL", "OLLAMA_HOST"]);
        let locations = keys
            .settings
            .providers
            .iter()
            .map(|provider| keys.key_location(provider));
        assert_eq!(locations.collect::<Vec<_>>(), [None, Some("env:GROQ_API_KEY")]);
        assert_eq!(keys.source, Source::Keys);
    }

    #[test]
    fn the_file_of_setup_applies_when_the_variable_is_not_set() {
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
