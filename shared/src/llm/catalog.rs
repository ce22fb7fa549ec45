//! Providers as data: what `LLM_PROVIDERS` says, or what the keys in the environment turn on by themselves.

use std::{collections::BTreeSet, fmt, time::Duration};

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::error::Category;
use url::{Host, Url};

use super::{budget::Price, wire::Kind};

/// Tokens that a model reads when nothing is said.
const USUAL_CONTEXT: u32 = 8_192;

/// One provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name in attempts and logs.
    pub name: String,
    /// Its format.
    pub kind: Kind,
    /// The address under which the format's paths are.
    pub base_url: Url,
    /// Where its key is.
    pub key: Key,
    /// What calling it costs in principle.
    pub tier: Tier,
    /// Its models, the preferred first.
    pub models: Vec<Model>,
    /// Its model for vectors.
    pub embedding: Option<Embedding>,
    /// How long it is waited for.
    pub timeouts: Timeouts,
    /// Whether it is asked to stream. Only streams show a stall early.
    pub stream: bool,
}

/// Where the key of a provider is.
#[derive(Debug, Clone)]
pub enum Key {
    /// It wants none.
    None,
    /// Here.
    Known(SecretString),
    /// In a parameter of SSM, or a field of it when the parameter holds a JSON object.
    Parameter {
        /// The parameter's name.
        name: String,
        /// The field.
        field: Option<String>,
    },
}

/// What calling a provider costs in principle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A machine of ours.
    Local,
    /// Free within the provider's limits.
    Free,
    /// Billed.
    Paid,
}

/// A model that writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The provider's name for it.
    pub name: String,
    /// Tokens that it can read and write together.
    pub context_tokens: u32,
    /// Tokens that it can write at most.
    pub max_output_tokens: Option<u32>,
    /// What tokens cost; `None` when it is not known.
    pub price: Option<Price>,
    /// Whether it can be held to a JSON schema.
    pub json: bool,
    /// Whether it takes a temperature.
    pub temperature: bool,
    /// How good it is, 0 to 100, in the operator's judgement; orders the routing `best`.
    pub quality: u8,
}

/// A model that makes vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The model.
    pub model: Model,
    /// Asked for where the model can shorten its vectors.
    pub dimensions: Option<u32>,
}

/// How long a provider is waited for. The time of the invocation limits each further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// From the request to the first word.
    pub first_token: Duration,
    /// From one word to the next.
    pub between_tokens: Duration,
    /// For all of it.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            first_token: Duration::from_secs(12),
            between_tokens: Duration::from_secs(6),
            total: Duration::from_secs(60),
        }
    }
}

/// What is wrong with the configuration, with its place; never with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError(pub String);

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CatalogError {}

/// Reads a list of providers, JSON. `variable` finds the keys that it names.
///
/// # Errors
/// The first fault with its place.
pub fn parse(json: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Provider>, CatalogError> {
    let entries: Vec<Entry> =
        serde_json::from_str(json).map_err(|error| CatalogError(without_values(&error)))?;
    let providers: Vec<Provider> = entries
        .into_iter()
        .map(|entry| entry.provider(variable))
        .collect::<Result<_, _>>()?;
    let mut names = BTreeSet::new();
    match providers.iter().find(|provider| !names.insert(&provider.name)) {
        Some(twice) => Err(CatalogError(format!("two providers are called `{}`", twice.name))),
        None => Ok(providers),
    }
}

/// A parser's message repeats wrong values, and a value may be a key that stands in the wrong place. Line and column stay.
fn without_values(error: &serde_json::Error) -> String {
    if error.classify() != Category::Data {
        return format!("is not JSON (line {}, column {})", error.line(), error.column());
    }
    let text = error.to_string();
    let about = [
        "unknown field",
        "missing field",
        "unknown variant",
        "duplicate field",
    ];
    if about.iter().any(|start| text.starts_with(start)) {
        return text;
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("has the wrong type, not {expected}"),
        None => "has the wrong type".to_owned(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<String>,
    kind: Kind,
    base_url: Option<String>,
    key: Option<String>,
    tier: Option<Tier>,
    #[serde(default)]
    models: Vec<ModelEntry>,
    embedding: Option<EmbeddingEntry>,
    #[serde(default)]
    timeouts: TimeoutsEntry,
    stream: Option<bool>,
}

/// An object with a name, or the name alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
struct ModelEntry {
    name: String,
    context_tokens: Option<u32>,
    max_output_tokens: Option<u32>,
    input_usd_per_million: Option<f64>,
    output_usd_per_million: Option<f64>,
    json: Option<bool>,
    temperature: Option<bool>,
    quality: Option<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmbeddingEntry {
    model: String,
    dimensions: Option<u32>,
    input_usd_per_million: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct TimeoutsEntry {
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
                // The derived function of the same name, which reads the fields.
                ModelEntry::deserialize(MapAccessDeserializer::new(object))
            }
        }

        deserializer.deserialize_any(NameOrObject)
    }
}

impl Entry {
    fn provider(self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Provider, CatalogError> {
        let kind = self.kind;
        let name = match self.name {
            Some(name) => name,
            None => format!("{kind:?}").to_lowercase(),
        };
        let wrong = |what: &str| CatalogError(format!("provider `{name}`: {what}"));
        if name.is_empty() || name.contains('/') || name.len() > 64 {
            return Err(wrong("a name has 1 to 64 bytes and no `/`"));
        }
        if matches!(name.as_str(), "auto" | "extractive") {
            return Err(wrong("this name is taken"));
        }
        let address = self.base_url.as_deref().or(kind.usual_address());
        let address = address.ok_or_else(|| wrong("base_url is missing"))?;
        let base_url = base_url(address).ok_or_else(|| {
            wrong("base_url is not an http or https address without user, password, query and fragment")
        })?;
        let key = match &self.key {
            None => Key::None,
            Some(place) => key(place, variable).map_err(|what| wrong(&what))?,
        };
        let tier = self.tier.unwrap_or(if is_ours(&base_url) {
            Tier::Local
        } else {
            Tier::Paid
        });
        if self.models.is_empty() && self.embedding.is_none() {
            return Err(wrong("it has no models"));
        }
        let models = self.models.into_iter().map(|model| model.model(tier));
        let models: Vec<Model> = models.collect::<Result<_, _>>().map_err(&wrong)?;
        let embedding = self.embedding.map(|entry| entry.embedding(tier)).transpose();
        let embedding = embedding.map_err(&wrong)?;
        Ok(Provider {
            kind,
            base_url,
            key,
            tier,
            models,
            embedding,
            timeouts: self.timeouts.timeouts().map_err(wrong)?,
            stream: self.stream.unwrap_or(true),
            name,
        })
    }
}

impl EmbeddingEntry {
    fn embedding(self, tier: Tier) -> Result<Embedding, &'static str> {
        let input_usd_per_million = self.input_usd_per_million;
        let model = ModelEntry {
            context_tokens: Some(u32::MAX),
            input_usd_per_million,
            output_usd_per_million: input_usd_per_million.map(|_| 0.0),
            ..ModelEntry::named(self.model)
        };
        Ok(Embedding {
            model: model.model(tier)?,
            dimensions: self.dimensions,
        })
    }
}

impl ModelEntry {
    fn named(name: String) -> Self {
        Self {
            name,
            context_tokens: None,
            max_output_tokens: None,
            input_usd_per_million: None,
            output_usd_per_million: None,
            json: None,
            temperature: None,
            quality: None,
        }
    }

    fn model(self, tier: Tier) -> Result<Model, &'static str> {
        if self.name.is_empty() || self.name.len() > 200 {
            return Err("the name of a model has 1 to 200 bytes");
        }
        if self.quality.is_some_and(|quality| quality > 100) {
            return Err("quality is 0 to 100");
        }
        Ok(Model {
            name: self.name,
            context_tokens: self.context_tokens.unwrap_or(USUAL_CONTEXT),
            max_output_tokens: self.max_output_tokens,
            price: price(self.input_usd_per_million, self.output_usd_per_million, tier)?,
            json: self.json.unwrap_or(true),
            temperature: self.temperature.unwrap_or(true),
            quality: self.quality.unwrap_or(50),
        })
    }
}

impl TimeoutsEntry {
    fn timeouts(self) -> Result<Timeouts, &'static str> {
        let usual = Timeouts::default();
        let limit = |ms: Option<u64>, usual: Duration| match ms {
            None => Ok(usual),
            Some(ms @ 1..=900_000) => Ok(Duration::from_millis(ms)),
            Some(_) => Err("a timeout is 1 to 900000 ms"),
        };
        Ok(Timeouts {
            connect: limit(self.connect_ms, usual.connect)?,
            first_token: limit(self.first_token_ms, usual.first_token)?,
            between_tokens: limit(self.between_tokens_ms, usual.between_tokens)?,
            total: limit(self.total_ms, usual.total)?,
        })
    }
}

/// Both prices or none. What is not billed costs nothing unless it says otherwise.
fn price(input: Option<f64>, output: Option<f64>, tier: Tier) -> Result<Option<Price>, &'static str> {
    match (input, output) {
        (Some(input), Some(output)) => match Price::per_million(input, output) {
            Some(price) => Ok(Some(price)),
            None => Err("a price is 0 to 100000 US dollars a million tokens"),
        },
        (None, None) => Ok((tier != Tier::Paid).then_some(Price::FREE)),
        _ => Err("a model has both prices or none"),
    }
}

fn base_url(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (plain && matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Whether the address is this machine or a private network.
fn is_ours(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => name == "localhost" || name == "host.docker.internal",
        None => false,
    }
}

/// `env:NAME`, `ssm:NAME`, `secret:NAME`, the last two with `#FIELD` where the value is a JSON object.
fn key(place: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Key, String> {
    let (store, name) = place.split_once(':').unwrap_or_default();
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

/// The providers that a key, or the address of an Ollama, turns on alone, with the model that is used unless
/// `{PROVIDER}_MODEL` names another. Prices as the providers published them in 2025; a model of another name has none.
const BY_VARIABLE: [ByVariable; 6] = [
    ByVariable {
        variable: "OLLAMA_HOST",
        name: "ollama",
        kind: Kind::Ollama,
        tier: Tier::Local,
        model: "llama3.2",
        context_tokens: 32_768,
        price: None,
    },
    ByVariable {
        variable: "GROQ_API_KEY",
        name: "groq",
        kind: Kind::Groq,
        tier: Tier::Free,
        model: "llama-3.1-8b-instant",
        context_tokens: 131_072,
        price: None,
    },
    ByVariable {
        variable: "GEMINI_API_KEY",
        name: "gemini",
        kind: Kind::Gemini,
        tier: Tier::Free,
        model: "gemini-2.5-flash-lite",
        context_tokens: 1_000_000,
        price: None,
    },
    ByVariable {
        variable: "HF_TOKEN",
        name: "huggingface",
        kind: Kind::Huggingface,
        tier: Tier::Free,
        model: "meta-llama/Llama-3.1-8B-Instruct",
        context_tokens: 32_768,
        price: None,
    },
    ByVariable {
        variable: "OPENAI_API_KEY",
        name: "openai",
        kind: Kind::Openai,
        tier: Tier::Paid,
        model: "gpt-4o-mini",
        context_tokens: 128_000,
        price: Some((0.15, 0.60)),
    },
    ByVariable {
        variable: "ANTHROPIC_API_KEY",
        name: "anthropic",
        kind: Kind::Anthropic,
        tier: Tier::Paid,
        model: "claude-haiku-4-5",
        context_tokens: 200_000,
        price: Some((1.00, 5.00)),
    },
];

/// A provider that one variable turns on.
struct ByVariable {
    variable: &'static str,
    name: &'static str,
    kind: Kind,
    tier: Tier,
    model: &'static str,
    context_tokens: u32,
    price: Option<(f64, f64)>,
}

/// The variables that turn a provider on by themselves.
pub fn variables() -> impl Iterator<Item = &'static str> {
    BY_VARIABLE.iter().map(|provider| provider.variable)
}

/// The providers that variables turn on by themselves.
///
/// # Errors
/// When an address does not read.
pub fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Provider>, CatalogError> {
    let mut providers = Vec::new();
    for known in &BY_VARIABLE {
        let Some(value) = variable(known.variable) else {
            continue;
        };
        let named = variable(&format!("{}_MODEL", known.name.to_uppercase()));
        let price = known.price.filter(|_| named.is_none());
        let local = known.kind == Kind::Ollama;
        let address = if local { Some(ollama_address(&value)) } else { None };
        let entry = Entry {
            name: Some(known.name.to_owned()),
            kind: known.kind,
            base_url: address,
            key: (!local).then(|| format!("env:{}", known.variable)),
            tier: Some(known.tier),
            models: vec![ModelEntry {
                context_tokens: Some(known.context_tokens),
                input_usd_per_million: price.map(|(input, _)| input),
                output_usd_per_million: price.map(|(_, output)| output),
                ..ModelEntry::named(named.unwrap_or_else(|| known.model.to_owned()))
            }],
            embedding: None,
            timeouts: TimeoutsEntry::default(),
            stream: None,
        };
        let provider = entry.provider(variable);
        providers.push(provider.map_err(|error| CatalogError(format!("{}: {error}", known.variable)))?);
    }
    Ok(providers)
}

/// `OLLAMA_HOST` as Ollama itself takes it: `host`, `host:port` or an address. `0.0.0.0` is where it listens, not where it
/// is called.
fn ollama_address(value: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    fn fault(json: &str) -> String {
        parse(json, &none).unwrap_err().to_string()
    }

    #[test]
    fn a_list_with_every_setting_reads() {
        let json = r#"[
            {"kind": "llamacpp", "models": ["smol"]},
            {"name": "work", "kind": "azure", "base_url": "https://x.openai.azure.com/openai/v1", "key": "ssm:/attest/keys#azure",
             "models": [{"name": "gpt", "context_tokens": 1000, "max_output_tokens": 50, "input_usd_per_million": 1,
                         "output_usd_per_million": 2.5, "json": false, "temperature": false, "quality": 90}],
             "embedding": {"model": "e", "dimensions": 256, "input_usd_per_million": 0.02},
             "timeouts": {"first_token_ms": 100}, "stream": false}
        ]"#;
        let providers = parse(json, &none).unwrap();
        assert_eq!(
            (providers[0].name.as_str(), providers[0].tier),
            ("llamacpp", Tier::Local)
        );
        assert_eq!(providers[0].models[0].price, Some(Price::FREE));
        assert_eq!(providers[1].tier, Tier::Paid);
        assert_eq!(providers[1].timeouts.first_token, Duration::from_millis(100));
        assert!(
            matches!(&providers[1].key, Key::Parameter { name, field: Some(field) } if name == "/attest/keys" && field == "azure")
        );
    }

    #[test]
    fn each_fault_names_its_place() {
        for (json, says) in [
            ("[{", "is not JSON (line 1, column 2)"),
            ("{}", "has the wrong type, not a sequence at line 1 column 0"),
            (r#"[{"kind": "opanai"}]"#, "unknown variant `opanai`"),
            (
                r#"[{"kind": "openai", "models": [{"name": "m", "quality": "high"}]}]"#,
                "has the wrong type, not u8 at line 1 column 62",
            ),
            (
                r#"[{"kind": "openai", "models": [7]}]"#,
                "not a name or an object with a name at line 1 column 32",
            ),
            (r#"[{"kind": "openai", "modles": []}]"#, "unknown field `modles`"),
            (r#"[{"kind": "openai"}]"#, "provider `openai`: it has no models"),
            (r#"[{"kind": "azure", "models": ["m"]}]"#, "base_url is missing"),
            (
                r#"[{"kind": "openai", "base_url": "ftp://x", "models": ["m"]}]"#,
                "base_url is not an http",
            ),
            (
                r#"[{"kind": "openai", "base_url": "https://u:p@x", "models": ["m"]}]"#,
                "base_url is not an http",
            ),
            (
                r#"[{"kind": "openai", "key": "sk-123", "models": ["m"]}]"#,
                "key is none of",
            ),
            (
                r#"[{"kind": "openai", "key": "env:NO", "models": ["m"]}]"#,
                "the variable NO that should hold its key is not set",
            ),
            (
                r#"[{"kind": "openai", "models": [{"name": "m", "input_usd_per_million": 1}]}]"#,
                "both prices or none",
            ),
            (
                r#"[{"kind": "openai", "models": ["m"], "timeouts": {"total_ms": 0}}]"#,
                "a timeout is 1 to",
            ),
            (
                r#"[{"kind": "vllm", "models": ["m"]}, {"kind": "vllm", "models": ["n"]}]"#,
                "two providers",
            ),
            (
                r#"[{"name": "auto", "kind": "vllm", "models": ["m"]}]"#,
                "this name is taken",
            ),
        ] {
            assert!(fault(json).contains(says), "{json}: {}", fault(json));
        }
    }

    #[test]
    fn a_key_in_the_wrong_place_is_not_repeated() {
        assert!(!fault(r#"[{"kind": "openai", "key": "sk-123", "models": ["m"]}]"#).contains("sk-123"));
        assert!(!fault(r#"[{"kind": "openai", "models": ["m"], "stream": "sk-123"}]"#).contains("sk-123"));
    }

    #[test]
    fn a_key_alone_turns_its_provider_on() {
        let keys = |name: &str| match name {
            "OPENAI_API_KEY" => Some("sk-123".to_owned()),
            "OLLAMA_HOST" => Some("0.0.0.0:9999".to_owned()),
            "OLLAMA_MODEL" => Some("qwen".to_owned()),
            _ => None,
        };
        let providers = from_variables(&keys).unwrap();
        let shown: Vec<_> = providers
            .iter()
            .map(|p| (p.name.as_str(), p.base_url.as_str(), p.models[0].name.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("ollama", "http://127.0.0.1:9999/", "qwen"),
                ("openai", "https://api.openai.com/v1", "gpt-4o-mini")
            ]
        );
        assert!(!format!("{providers:?}").contains("sk-123"));
        assert_eq!(ollama_address("box"), "http://box:11434/");
        assert_eq!(ollama_address("https://box"), "https://box/");
    }
}
