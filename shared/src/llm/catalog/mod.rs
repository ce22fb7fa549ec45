//! The provider catalog: model providers as data, from `LLM_PROVIDERS` or from the API keys in the environment.

mod base_url;
mod environment;
mod json;
mod network;
mod provider;
mod proxy;
mod role;
#[cfg(test)]
mod tests;

pub use environment::{from_environment, variables};
pub use json::{CatalogError, parse};
pub use network::use_environment;
pub use provider::{Embedding, Key, Model, Provider, Tier, Timeouts};
pub use proxy::Proxy;
pub use role::Role;
