//! The provider catalog: model providers as data, from `LLM_PROVIDERS` or from the API keys in the environment.

mod environment;
mod json;
mod provider;
#[cfg(test)]
mod tests;

pub use environment::{from_environment, variables};
pub use json::{CatalogError, parse};
pub use provider::{Embedding, Key, Model, Provider, Tier, Timeouts};
