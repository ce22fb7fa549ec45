//! API keys of providers, fetched on demand.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::{
    catalog::{Key, Provider},
    failure::Failure,
    wire::ApiKey,
};
use crate::{
    error::source_chain,
    ports::{SecretError, Secrets},
};

/// Returns the API key of a provider, without what was copied with it; `None` when it needs none.
///
/// # Errors
/// [`Failure::Key`] when the key cannot be fetched, [`Failure::InvalidKey`] when it cannot be sent.
pub(super) async fn api_key(
    provider: &Provider,
    secrets: &Arc<dyn Secrets>,
) -> Result<Option<ApiKey>, Failure> {
    let (name, field) = match &provider.key {
        Key::None | Key::Role(_) => return Ok(None),
        Key::Known(key) => return parse(key.expose_secret()).map(Some),
        Key::Parameter { name, field } => (name, field),
    };
    let value = secrets.get(name).await.map_err(|error| {
        tracing::warn!(
            provider = provider.name,
            error = source_chain(&error),
            "the key of a provider cannot be read"
        );
        match error {
            SecretError::Missing => Failure::Key("there is no such parameter"),
            SecretError::Unavailable(_) => Failure::Key("the parameter store did not return it"),
        }
    })?;
    let Some(field) = field else {
        return parse(value.expose_secret()).map(Some);
    };
    let fields: serde_json::Value =
        serde_json::from_str(value.expose_secret()).map_err(|_| Failure::Key("the parameter is not JSON"))?;
    match fields.get(field).and_then(|key| key.as_str()) {
        Some(key) => parse(key).map(Some),
        None => Err(Failure::Key("the parameter has no such field")),
    }
}

fn parse(key: &str) -> Result<ApiKey, Failure> {
    ApiKey::parse(key).map_err(Failure::InvalidKey)
}
