//! The parser of `LLM_PROVIDERS`: a JSON list of providers.

use std::{collections::BTreeSet, fmt, time::Duration};

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::error::Category;

use super::{
    base_url,
    network::{parse_proxy, read_authorities},
    provider::{Embedding, Key, Model, Provider, Tier, Timeouts},
    role::{self, Role},
};
use crate::llm::{
    budget::Price,
    wire::{self, ApiFormat, MaxTokensName, Parameter, Parameters, ReasoningEffort},
};

/// The context window of a model without `context_tokens`.
const DEFAULT_CONTEXT_TOKENS: u32 = 8_192;

/// A fault of the configuration, with its place. Never contains a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError(pub String);

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CatalogError {}

/// Parses a JSON list of providers. `variable` looks up the environment variables of `env:` keys.
///
/// # Errors
/// The first fault, with its place.
pub fn parse(json: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Provider>, CatalogError> {
    let entries: Vec<ProviderEntry> =
        serde_json::from_str(json).map_err(|error| CatalogError(redacted(&error)))?;
    let providers: Vec<Provider> = entries
        .into_iter()
        .map(|entry| entry.into_provider(variable))
        .collect::<Result<_, _>>()?;
    let mut names = BTreeSet::new();
    match providers.iter().find(|provider| !names.insert(&provider.name)) {
        Some(duplicate) => Err(CatalogError(format!(
            "two providers are called `{}`",
            duplicate.name
        ))),
        None => Ok(providers),
    }
}

/// Returns a parser's message without the values it quotes: a value may be a misplaced key. Line and column stay.
fn redacted(error: &serde_json::Error) -> String {
    if error.classify() != Category::Data {
        return format!("is not JSON (line {}, column {})", error.line(), error.column());
    }
    let text = error.to_string();
    let prefixes = [
        "unknown field",
        "missing field",
        "unknown variant",
        "duplicate field",
    ];
    if prefixes.iter().any(|prefix| text.starts_with(prefix)) {
        return text;
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("has the wrong type, not {expected}"),
        None => "has the wrong type".to_owned(),
    }
}

/// A provider as configured, before validation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderEntry {
    pub(super) name: Option<String>,
    pub(super) kind: ApiFormat,
    pub(super) base_url: Option<String>,
    pub(super) region: Option<String>,
    pub(super) key: Option<String>,
    pub(super) proxy: Option<String>,
    pub(super) ca_file: Option<String>,
    pub(super) tier: Option<Tier>,
    #[serde(default)]
    pub(super) models: Vec<ModelEntry>,
    pub(super) embedding: Option<EmbeddingEntry>,
    #[serde(default)]
    pub(super) timeouts: TimeoutsEntry,
    pub(super) stream: Option<bool>,
}

/// A model as configured: an object with a name, or only the name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(super) struct ModelEntry {
    pub(super) name: String,
    pub(super) context_tokens: Option<u32>,
    pub(super) max_output_tokens: Option<u32>,
    pub(super) input_usd_per_million: Option<f64>,
    pub(super) output_usd_per_million: Option<f64>,
    pub(super) json: Option<bool>,
    pub(super) temperature: Option<bool>,
    pub(super) reasoning_effort: Option<ReasoningEffort>,
    pub(super) max_tokens_parameter: Option<MaxTokensName>,
    pub(super) quality: Option<u8>,
}

/// An embedding model as configured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmbeddingEntry {
    model: String,
    dimensions: Option<u32>,
    input_usd_per_million: Option<f64>,
}

/// Timeouts as configured, 1 to 900,000 ms each.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeoutsEntry {
    connect_ms: Option<u64>,
    first_token_ms: Option<u64>,
    between_tokens_ms: Option<u64>,
    total_ms: Option<u64>,
}

impl<'de> Deserialize<'de> for ModelEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrObject;

        impl<'de> Visitor<'de> for NameOrObject {
            type Value = ModelEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or an object with a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<ModelEntry, E> {
                Ok(ModelEntry::named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<ModelEntry, A::Error> {
                // The inherent function that `remote = "Self"` derives.
                ModelEntry::deserialize(MapAccessDeserializer::new(object))
            }
        }

        deserializer.deserialize_any(NameOrObject)
    }
}

impl ProviderEntry {
    /// Validates the entry and fills in the defaults of its format.
    pub(super) fn into_provider(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Provider, CatalogError> {
        let kind = self.kind;
        let name = match self.name {
            Some(name) => name,
            None => format!("{kind:?}").to_lowercase(),
        };
        let invalid = |what: &str| CatalogError(format!("provider `{name}`: {what}"));
        if name.is_empty() || name.contains('/') || name.len() > 64 {
            return Err(invalid("a name has 1 to 64 bytes and no `/`"));
        }
        if matches!(name.as_str(), "auto" | "extractive") {
            return Err(invalid("this name is reserved"));
        }
        let region = match kind {
            ApiFormat::Bedrock => {
                let (configured, address) = (self.region.as_deref(), self.base_url.as_deref());
                Some(role::region(configured, address, variable).map_err(invalid)?)
            }
            _ if self.region.is_some() => {
                return Err(invalid("only providers of kind bedrock have a region"));
            }
            _ => None,
        };
        let address = self
            .base_url
            .or_else(|| kind.default_base_url().map(str::to_owned))
            .or_else(|| region.as_deref().map(base_url::of_bedrock));
        let address = address.ok_or_else(|| invalid("base_url is missing"))?;
        let base_url = base_url::parse(kind, &address).map_err(invalid)?;
        let proxy = self
            .proxy
            .map(|reference| parse_proxy(&reference, variable))
            .transpose();
        let authorities = self.ca_file.map(|file| read_authorities(&file)).transpose();
        let key = match (&self.key, region) {
            (Some(reference), _) => parse_key(reference, variable),
            (None, Some(region)) => Role::read(region, variable).map(Key::Role),
            (None, None) => Ok(Key::None),
        };
        let key = key.map_err(|what| invalid(&what))?;
        let tier = self.tier.unwrap_or(if base_url::is_local(&base_url) {
            Tier::Local
        } else {
            Tier::Paid
        });
        if self.models.is_empty() && self.embedding.is_none() {
            return Err(invalid("it has no models"));
        }
        let models = self.models.into_iter().map(|model| model.into_model(kind, tier));
        let models: Vec<Model> = models.collect::<Result<_, _>>().map_err(&invalid)?;
        let embedding = self
            .embedding
            .map(|entry| entry.into_embedding(kind, tier))
            .transpose();
        let embedding = embedding.map_err(&invalid)?;
        Ok(Provider {
            kind,
            base_url,
            key,
            proxy: proxy.map_err(|what| invalid(&what))?,
            authorities: authorities.map_err(|what| invalid(&what))?.unwrap_or_default(),
            tier,
            models,
            embedding,
            timeouts: self.timeouts.into_timeouts(tier).map_err(invalid)?,
            stream: self.stream.unwrap_or(true),
            name,
        })
    }
}

impl EmbeddingEntry {
    fn into_embedding(self, kind: ApiFormat, tier: Tier) -> Result<Embedding, &'static str> {
        if wire::max_texts(kind, &self.model).is_none() {
            return Err(match kind {
                ApiFormat::Bedrock => {
                    "of the embedding models, only amazon.titan-embed-text-v2 and cohere.embed can be used"
                }
                _ => "this kind of provider has no embedding models",
            });
        }
        let input_usd_per_million = self.input_usd_per_million;
        let model = ModelEntry {
            context_tokens: Some(u32::MAX),
            input_usd_per_million,
            output_usd_per_million: input_usd_per_million.map(|_| 0.0),
            ..ModelEntry::named(self.model)
        };
        Ok(Embedding {
            model: model.into_model(kind, tier)?,
            dimensions: self.dimensions,
        })
    }
}

impl ModelEntry {
    /// Creates an entry with a name and no settings.
    pub(super) fn named(name: String) -> Self {
        Self {
            name,
            context_tokens: None,
            max_output_tokens: None,
            input_usd_per_million: None,
            output_usd_per_million: None,
            json: None,
            temperature: None,
            reasoning_effort: None,
            max_tokens_parameter: None,
            quality: None,
        }
    }

    fn into_model(self, kind: ApiFormat, tier: Tier) -> Result<Model, &'static str> {
        if self.name.is_empty() || self.name.len() > 200 {
            return Err("the name of a model has 1 to 200 bytes");
        }
        if self.quality.is_some_and(|quality| quality > 100) {
            return Err("quality is 0 to 100");
        }
        let known = Parameters::of_model(kind, &self.name);
        let mut parameters = match self.temperature {
            Some(true) => known.with(Parameter::Temperature),
            Some(false) => known.without(Parameter::Temperature),
            None => known,
        };
        parameters.max_tokens = self.max_tokens_parameter.or(known.max_tokens);
        parameters.reasoning_effort = self.reasoning_effort.or(known.reasoning_effort);
        Ok(Model {
            name: self.name,
            context_tokens: self.context_tokens.unwrap_or(DEFAULT_CONTEXT_TOKENS),
            max_output_tokens: self.max_output_tokens,
            price: parse_price(self.input_usd_per_million, self.output_usd_per_million, tier)?,
            json: self.json.unwrap_or(true),
            parameters,
            quality: self.quality.unwrap_or(50),
        })
    }
}

impl TimeoutsEntry {
    fn into_timeouts(self, tier: Tier) -> Result<Timeouts, &'static str> {
        let default = Timeouts::of(tier);
        let parse = |ms: Option<u64>, default: Duration| match ms {
            None => Ok(default),
            Some(ms @ 1..=900_000) => Ok(Duration::from_millis(ms)),
            Some(_) => Err("a timeout is 1 to 900000 ms"),
        };
        Ok(Timeouts {
            connect: parse(self.connect_ms, default.connect)?,
            first_token: parse(self.first_token_ms, default.first_token)?,
            between_tokens: parse(self.between_tokens_ms, default.between_tokens)?,
            total: parse(self.total_ms, default.total)?,
        })
    }
}

/// Returns the price of a model, which has both prices or none. Without prices, models of unbilled tiers are free.
fn parse_price(input: Option<f64>, output: Option<f64>, tier: Tier) -> Result<Option<Price>, &'static str> {
    match (input, output) {
        (Some(input), Some(output)) => match Price::per_million(input, output) {
            Some(price) => Ok(Some(price)),
            None => Err("a price is 0 to 100000 US dollars a million tokens"),
        },
        (None, None) => Ok((tier != Tier::Paid).then_some(Price::FREE)),
        _ => Err("a model has both prices or none"),
    }
}

/// Parses a key reference: `env:NAME`, `ssm:NAME` or `secret:NAME`; the last two take `#FIELD` when the value is a JSON
/// object.
fn parse_key(reference: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Key, String> {
    let (store, name) = reference.split_once(':').unwrap_or_default();
    let (parameter, field) = match name.split_once('#') {
        Some((parameter, field)) => (parameter, Some(field.to_owned())),
        None => (name, None),
    };
    match store {
        _ if parameter.is_empty() => {
            Err("key is none of `env:NAME`, `ssm:NAME` and `secret:NAME`".to_owned())
        }
        "env" => match variable(name) {
            Some(value) => Ok(Key::Known(SecretString::from(value))),
            None => Err(format!("the variable {name} that should hold its key is not set")),
        },
        "ssm" => Ok(Key::Parameter {
            name: parameter.to_owned(),
            field,
        }),
        // https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
        "secret" => Ok(Key::Parameter {
            name: format!("/aws/reference/secretsmanager/{parameter}"),
            field,
        }),
        _ => Err("key is none of `env:NAME`, `ssm:NAME` and `secret:NAME`".to_owned()),
    }
}
