//! Port for reading API keys.

use async_trait::async_trait;
use secrecy::SecretString;

/// Why a parameter could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The parameter does not exist.
    #[error("there is no parameter of this name")]
    Missing,
    /// Parameter Store failed or rejected the request.
    #[error("the parameter could not be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Reads API keys of providers. Calls `ssm:GetParameter`.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Returns the decrypted value of a parameter. `/aws/reference/secretsmanager/NAME` reads a Secrets Manager secret.
    async fn get(&self, parameter: &str) -> Result<SecretString, SecretError>;
}
