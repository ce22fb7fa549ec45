//! The list of providers as `attest setup` writes it: entries, and the file that holds them.

use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value as Json, json};
use shared::domain::Tokens;
use shared::llm::budget::dollars;
use shared::llm::catalog::{self, Provider, Tier};

use crate::commands::providers::kind_name;
use crate::files::write_whole;

/// A model on an ordinary machine reads a long prompt for many seconds before its first word.
const SLOW_START_MS: u64 = 25_000;

/// An entry for a model on this machine.
pub(super) fn local(name: &str, kind: &str, base_url: &str, model: &str, context_tokens: u32) -> Json {
    json!({
        "name": name,
        "kind": kind,
        "base_url": base_url,
        "tier": "local",
        "models": [{"name": model, "context_tokens": context_tokens}],
        "timeouts": {"first_token_ms": SLOW_START_MS},
    })
}

/// An entry for a provider whose key is in a variable. The key itself is nowhere in it.
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
            let dollars = dollars(price.of(Tokens { input, output }));
            // Prices are reckoned in billionths, rounded up.
            (dollars * 1e6).round() / 1e6
        };
        entry.insert("input_usd_per_million".into(), million(1_000_000, 0).into());
        entry.insert("output_usd_per_million".into(), million(0, 1_000_000).into());
    }
    entry.into()
}

/// The list as text, one that [`catalog::parse`] reads.
pub(super) fn text(entries: &[Json]) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(entries)?))
}

/// Puts the list into its file. Another list that is there is kept beside it; says in words what became of it.
pub(super) fn write(file: &Path, list: &str) -> anyhow::Result<&'static str> {
    let kept = match std::fs::read_to_string(file) {
        Ok(known) if known == list => return Ok(", as before"),
        Ok(_) => {
            let beside = file.with_extension("json.bak");
            std::fs::copy(file, &beside).with_context(|| format!("cannot write {}", beside.display()))?;
            ", the list before it kept as providers.json.bak"
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "",
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    write_whole(file, list)?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_entry_reads_as_the_provider_it_was_made_of() {
        let variable = |name: &str| (name == "OPENAI_API_KEY").then(|| "sk-123".to_owned());
        let found = catalog::from_variables(&variable).unwrap();
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
    fn the_list_before_is_kept_once_and_only_when_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("inner/providers.json");
        let beside = folder.path().join("inner/providers.json.bak");
        assert_eq!(write(&file, "[1]").unwrap(), "");
        assert_eq!(write(&file, "[1]").unwrap(), ", as before");
        assert!(!beside.exists());
        assert!(write(&file, "[2]").unwrap().contains("providers.json.bak"));
        assert_eq!(std::fs::read_to_string(beside).unwrap(), "[1]");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[2]");
        assert_eq!(std::fs::read_dir(folder.path().join("inner")).unwrap().count(), 2);
    }
}
