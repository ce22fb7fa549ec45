//! The provider list that `attest setup` writes: its entries and its file.

use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value as Json, json};
use shared::domain::Tokens;
use shared::llm::budget::dollars;
use shared::llm::catalog::{self, Provider, Tier};

use crate::commands::providers::kind_name;
use crate::files::write_atomic;
use crate::model_server::{MAX_PROMPT_TOKENS, MODEL_NAME, ModelServerConfig};

/// The model of Amazon Bedrock that `attest setup --bedrock` adds without a name.
pub(super) const BEDROCK_MODEL: &str = "openai.gpt-oss-20b-1:0";

/// The entry for the local model server.
pub(super) fn model_server(config: &ModelServerConfig) -> Json {
    local(
        "offline",
        "llamacpp",
        &config.base_url(),
        MODEL_NAME,
        MAX_PROMPT_TOKENS,
    )
}

/// An entry for a model on this machine.
pub(super) fn local(name: &str, kind: &str, base_url: &str, model: &str, context_tokens: u32) -> Json {
    json!({
        "name": name,
        "kind": kind,
        "base_url": base_url,
        "tier": "local",
        "models": [{"name": model, "context_tokens": context_tokens}],
    })
}

/// An entry for a model of Amazon Bedrock, called with the AWS credentials of the process.
pub(super) fn bedrock(region: &str, model: &str) -> Json {
    json!({
        "name": "bedrock",
        "kind": "bedrock",
        "region": region,
        "tier": "paid",
        "models": [{"name": model, "context_tokens": 128_000}],
    })
}

/// An entry for a provider with its key in an environment variable. It names the variable and omits the key.
pub(super) fn keyed(provider: &Provider, variable: &str) -> Json {
    let tier = match provider.tier {
        Tier::Local => "local",
        Tier::Free => "free",
        Tier::Paid => "paid",
    };
    let models: Vec<Json> = provider.models.iter().map(model).collect();
    json!({
        "name": provider.name,
        "kind": kind_name(provider.kind),
        "key": format!("env:{variable}"),
        "tier": tier,
        "models": models,
    })
}

fn model(model: &catalog::Model) -> Json {
    let mut entry = Map::new();
    entry.insert("name".into(), model.name.clone().into());
    entry.insert("context_tokens".into(), model.context_tokens.into());
    if let Some(price) = model.price.filter(|price| !price.is_free()) {
        let million = |input, output| {
            let dollars = dollars(price.cost(Tokens { input, output }));
            // Prices are integers in billionths of a dollar, rounded up.
            (dollars * 1e6).round() / 1e6
        };
        entry.insert("input_usd_per_million".into(), million(1_000_000, 0).into());
        entry.insert("output_usd_per_million".into(), million(0, 1_000_000).into());
    }
    entry.into()
}

/// Serializes the list to JSON that [`catalog::parse`] reads.
pub(super) fn text(entries: &[Json]) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(entries)?))
}

/// Writes the list to its file and backs up a different previous one. Returns a suffix that describes the change.
pub(super) fn write(file: &Path, list: &str) -> anyhow::Result<&'static str> {
    let change = match std::fs::read_to_string(file) {
        Ok(previous) if previous == list => return Ok(" (unchanged)"),
        Ok(_) => {
            let backup = file.with_extension("json.bak");
            std::fs::copy(file, &backup).with_context(|| format!("cannot write {}", backup.display()))?;
            " (previous version saved as providers.json.bak)"
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "",
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    write_atomic(file, list)?;
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_entry_parses_as_the_original_provider() {
        let variable = |name: &str| (name == "OPENAI_API_KEY").then(|| "sk-123".to_owned());
        let found = catalog::from_environment(&variable).unwrap();
        let list = text(&[keyed(&found[0], "OPENAI_API_KEY")]).unwrap();
        assert!(!list.contains("sk-123"), "{list}");
        let read = catalog::parse(&list, &variable).unwrap();
        assert_eq!(read[0].models, found[0].models);
        assert_eq!(
            (&read[0].name, read[0].kind, read[0].tier, &read[0].base_url),
            (&found[0].name, found[0].kind, found[0].tier, &found[0].base_url)
        );
    }

    #[test]
    fn the_previous_list_is_backed_up_only_when_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("inner/providers.json");
        let backup = folder.path().join("inner/providers.json.bak");
        assert_eq!(write(&file, "[1]").unwrap(), "");
        assert_eq!(write(&file, "[1]").unwrap(), " (unchanged)");
        assert!(!backup.exists());
        assert!(write(&file, "[2]").unwrap().contains("providers.json.bak"));
        assert_eq!(std::fs::read_to_string(backup).unwrap(), "[1]");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[2]");
        assert_eq!(std::fs::read_dir(folder.path().join("inner")).unwrap().count(), 2);
    }
}
