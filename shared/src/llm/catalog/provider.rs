//! The types of the catalog: providers, their models, keys, tiers and timeouts.

use std::time::Duration;

use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{base_url, proxy::Proxy, role::Role};
use crate::llm::{
    budget::Price,
    wire::{ApiFormat, Parameters},
};

/// A model provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The name in attempts and logs.
    pub name: String,
    /// The API format.
    pub kind: ApiFormat,
    /// The URL to which the format's paths are appended.
    pub base_url: Url,
    /// The source of the API key, or the role that signs.
    pub key: Key,
    /// The proxy through which the provider is called.
    pub proxy: Option<Proxy>,
    /// Certificate authorities that are trusted beside Mozilla's.
    pub authorities: Vec<CertificateDer<'static>>,
    /// The billing tier.
    pub tier: Tier,
    /// The generation models, in order of preference.
    pub models: Vec<Model>,
    /// The embedding model.
    pub embedding: Option<Embedding>,
    /// The timeouts of a call.
    pub timeouts: Timeouts,
    /// Whether replies are streamed. Only a stream reveals a stall before the total timeout.
    pub stream: bool,
}

impl Provider {
    /// Returns whether the provider is on this machine or in a private network.
    pub fn is_private(&self) -> bool {
        base_url::is_private(&self.base_url)
    }
}

/// What a provider authenticates calls by.
#[derive(Debug, Clone)]
pub enum Key {
    /// The provider needs no key.
    None,
    /// An AWS role, which signs each request.
    Role(Role),
    /// The key itself.
    Known(SecretString),
    /// An SSM parameter, or a field of it when the parameter holds a JSON object.
    Parameter {
        /// The name of the parameter.
        name: String,
        /// The field of the JSON object.
        field: Option<String>,
    },
}

/// The billing tier of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A server on this machine or in a private network.
    Local,
    /// Free within the provider's rate limits.
    Free,
    /// Billed.
    Paid,
}

/// A generation model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The provider's name of the model.
    pub name: String,
    /// The context window: input and output tokens together.
    pub context_tokens: u32,
    /// The maximum output tokens; `None` when not configured.
    pub max_output_tokens: Option<u32>,
    /// The price; `None` when unknown.
    pub price: Option<Price>,
    /// Whether the model supports JSON schemas.
    pub json: bool,
    /// The optional parameters of requests.
    pub parameters: Parameters,
    /// The quality, 0 to 100, as the operator rates it. The routing `best` orders by it.
    pub quality: u8,
}

/// An embedding model.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The model.
    pub model: Model,
    /// The dimensions to request, for models that can shorten their vectors.
    pub dimensions: Option<u32>,
}

/// The timeouts of a call. The deadline of the invocation shortens each. Thoughts and comments count as tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection is established.
    pub connect: Duration,
    /// From the request to the first token.
    pub first_token: Duration,
    /// Between two tokens.
    pub between_tokens: Duration,
    /// From the request to the end of the reply.
    pub total: Duration,
}

impl Timeouts {
    /// Returns the defaults of a tier. A local server may load the model first, and aborts that when the client leaves.
    pub fn of(tier: Tier) -> Self {
        let (first_token, total) = if tier == Tier::Local { (60, 120) } else { (12, 60) };
        Self {
            connect: Duration::from_secs(2),
            first_token: Duration::from_secs(first_token),
            between_tokens: Duration::from_secs(6),
            total: Duration::from_secs(total),
        }
    }
}
