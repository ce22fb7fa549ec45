//! `attest providers list`: what is configured, from the configuration alone.

use console::style;
use serde::Serialize;
use shared::llm::catalog::{Provider, Tier};
use shared::llm::routing::{Choice, Routing};
use shared::llm::wire::Kind;

use crate::model_settings::{ModelSettings, Source, price};
use crate::table::table;

/// One model.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    provider: String,
    kind: String,
    tier: &'static str,
    model: String,
    context_tokens: u32,
    /// In words: `free`, US dollars for a million tokens read / written, or `not known`.
    price: String,
    /// Where the key is; `None` when none is wanted.
    key: Option<String>,
}

/// The models that write, the one that is tried first first.
pub(super) fn rows(settings: &ModelSettings) -> Vec<Row> {
    let row = |choice: Choice<'_>| Row {
        provider: choice.provider.name.clone(),
        kind: kind(choice.provider.kind),
        tier: tier(choice.provider),
        model: choice.model.name.clone(),
        context_tokens: choice.model.context_tokens,
        price: price(choice.model),
        key: settings.key_place(choice.provider).map(str::to_owned),
    };
    settings.order().into_iter().map(row).collect()
}

/// A table of them, with where it comes from.
pub(super) fn text(settings: &ModelSettings) -> String {
    let rows = rows(settings);
    let mut lines = Vec::new();
    if !rows.is_empty() {
        let cells = rows.into_iter().enumerate().map(|(place, row)| {
            [
                (place + 1).to_string(),
                style(row.provider).bold().to_string(),
                row.kind,
                row.tier.to_owned(),
                row.model,
                row.context_tokens.to_string(),
                row.price,
                row.key.unwrap_or_else(|| "none".to_owned()),
            ]
        });
        let heads = [
            "",
            "provider",
            "kind",
            "tier",
            "model",
            "context",
            "$/million in / out",
            "key",
        ];
        lines.push(table(heads, &cells.collect::<Vec<_>>()));
        lines.push(String::new());
    }
    lines.push(settings.summary());
    let vectors = settings.settings.providers.iter();
    lines.extend(vectors.filter_map(|provider| {
        let embedding = provider.embedding.as_ref()?;
        Some(format!(
            "{} makes vectors with {}.",
            provider.name, embedding.model.name
        ))
    }));
    let from = match &settings.source {
        Source::Variable => "LLM_PROVIDERS".to_owned(),
        Source::File(file) => file.display().to_string(),
        Source::Keys => "the keys in the environment".to_owned(),
    };
    let routing = match settings.settings.routing {
        Routing::Ordered => "ordered: as they are listed",
        Routing::FreeFirst => "free-first: local, then free, then paid",
        Routing::Cheapest => "cheapest: by the price of a usual question",
        Routing::Best => "best: by quality",
    };
    let about = format!("From {from}; LLM_ROUTING is {routing}.");
    lines.push(style(about).dim().to_string());
    lines.join("\n")
}

fn tier(provider: &Provider) -> &'static str {
    match provider.tier {
        Tier::Local => "local",
        Tier::Free => "free",
        Tier::Paid => "paid",
    }
}

/// The kind as `LLM_PROVIDERS` writes it.
pub(in crate::commands) fn kind(kind: Kind) -> String {
    let mut name = String::new();
    for character in format!("{kind:?}").chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_shows_the_order_and_where_keys_are_but_no_key() {
        console::set_colors_enabled(false);
        let variable = |name: &str| match name {
            "OPENAI_API_KEY" => Some("sk-123".to_owned()),
            "OLLAMA_HOST" => Some("127.0.0.1".to_owned()),
            _ => None,
        };
        let settings = ModelSettings::read(Path::new("/no/such/folder"), &variable).unwrap();
        let shown = text(&settings);
        assert_eq!(
            shown,
            "   provider  kind    tier   model        context  $/million in / out  key\n\
             1  ollama    ollama  local  llama3.2     32768    free                none\n\
             2  openai    openai  paid   gpt-4o-mini  128000   0.15 / 0.60         env:OPENAI_API_KEY\n\n\
             Answers are written by ollama/llama3.2; next in turn: openai/gpt-4o-mini.\n\
             From the keys in the environment; LLM_ROUTING is free-first: local, then free, then paid."
        );
        let json = serde_json::to_string(&rows(&settings)).unwrap();
        assert!(json.contains("env:OPENAI_API_KEY") && !json.contains("sk-123"));
    }

    #[test]
    fn kinds_are_written_as_they_are_read() {
        for known in Kind::ALL {
            let read: Kind = serde_json::from_value(kind(known).into()).unwrap();
            assert_eq!(read, known);
        }
    }
}
