//! `attest providers list`: the configured models in routing order.

use console::style;
use serde::Serialize;
use shared::llm::catalog::{Key, Provider, Tier};
use shared::llm::routing::{Choice, Routing};
use shared::llm::wire::ApiFormat;

use crate::model_settings::{ModelSettings, Source, price};
use crate::table::table;

/// A configured model.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    provider: String,
    kind: String,
    tier: &'static str,
    model: String,
    context_tokens: u32,
    /// `free`, `not known`, or US dollars per million input / output tokens.
    price: String,
    /// The location of the provider's key, or the role that signs; `None` when it has none.
    key: Option<String>,
}

/// The generating models, in routing order.
pub(super) fn rows(settings: &ModelSettings) -> Vec<Row> {
    let row = |choice: Choice<'_>| Row {
        provider: choice.provider.name.clone(),
        kind: kind_name(choice.provider.kind),
        tier: tier(choice.provider),
        model: choice.model.name.clone(),
        context_tokens: choice.model.context_tokens,
        price: price(choice.model),
        key: match &choice.provider.key {
            Key::Role(role) => Some(format!("AWS role in {}", role.region)),
            _ => settings.key_location(choice.provider).map(str::to_owned),
        },
    };
    settings.order().into_iter().map(row).collect()
}

/// Renders the models as a table, followed by a summary, the embedding models and the source of the settings.
pub(super) fn text(settings: &ModelSettings) -> String {
    let rows = rows(settings);
    let mut lines = Vec::new();
    if !rows.is_empty() {
        let cells = rows.into_iter().enumerate().map(|(index, row)| {
            [
                (index + 1).to_string(),
                style(row.provider).bold().to_string(),
                row.kind,
                row.tier.to_owned(),
                row.model,
                row.context_tokens.to_string(),
                row.price,
                row.key.unwrap_or_else(|| "none".to_owned()),
            ]
        });
        let headers = [
            "",
            "provider",
            "kind",
            "tier",
            "model",
            "context",
            "$/million in / out",
            "key",
        ];
        lines.push(table(headers, &cells.collect::<Vec<_>>()));
        lines.push(String::new());
    }
    lines.push(settings.summary());
    let providers = settings.settings.providers.iter();
    lines.extend(providers.filter_map(|provider| {
        let embedding = provider.embedding.as_ref()?;
        Some(format!(
            "Embeddings are computed by {}/{}.",
            provider.name, embedding.model.name
        ))
    }));
    let source = match &settings.source {
        Source::Variable => "LLM_PROVIDERS".to_owned(),
        Source::File(file) => file.display().to_string(),
        Source::Keys => "API keys in the environment".to_owned(),
    };
    let routing = match settings.settings.routing {
        Routing::Ordered => "ordered: in list order",
        Routing::FreeFirst => "free-first: local, then free, then paid",
        Routing::Cheapest => "cheapest: by the price of a typical question",
        Routing::Best => "best: by quality",
    };
    let origin = format!("Source: {source}. LLM_ROUTING is {routing}.");
    lines.push(style(origin).dim().to_string());
    lines.join("\n")
}

fn tier(provider: &Provider) -> &'static str {
    match provider.tier {
        Tier::Local => "local",
        Tier::Free => "free",
        Tier::Paid => "paid",
    }
}

/// The name of a provider kind in `LLM_PROVIDERS`.
pub(in crate::commands) fn kind_name(kind: ApiFormat) -> String {
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
    fn the_table_shows_the_order_and_the_locations_of_keys_but_no_key() {
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
            "   provider  kind    tier   model       context  $/million in / out  key\n\
             1  ollama    ollama  local  llama3.2    32768    free                none\n\
             2  openai    openai  paid   gpt-6-luna  1050000  0.10 / 0.50         env:OPENAI_API_KEY\n\n\
             Answers are written by ollama/llama3.2; fallbacks: openai/gpt-6-luna.\n\
             Source: API keys in the environment. LLM_ROUTING is free-first: local, then free, then paid."
        );
        let json = serde_json::to_string(&rows(&settings)).unwrap();
        assert!(json.contains("env:OPENAI_API_KEY") && !json.contains("sk-123"));
    }

    #[test]
    fn kind_names_parse_as_the_same_kind() {
        for known in ApiFormat::ALL {
            let read: ApiFormat = serde_json::from_value(kind_name(known).into()).unwrap();
            assert_eq!(read, known);
        }
    }
}
