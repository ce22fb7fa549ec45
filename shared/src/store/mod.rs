//! DynamoDB and Parameter Store: the adapters behind the ports. The only users of the AWS SDK.
//!
//! The SDK does the retrying (3 attempts inside 2 s); nothing retries around it, but for items that a batch left
//! undone, which DynamoDB answers with success.

mod access;
mod annotations;
mod answers;
mod batch;
mod capacity;
mod deletion;
mod documents;
mod error;
mod events;
mod health;
mod https;
mod idempotency;
mod index;
mod key;
#[cfg(feature = "testing")]
mod local;
mod probe;
mod query;
mod queue;
mod remembered;
mod rows;
mod secrets;
mod spend;
mod sweep;
mod usage;
mod versions;
mod write;

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
pub use aws_sdk_dynamodb::Client;

pub use access::Access;
pub use answers::Answers;
pub use documents::Knowledge;
#[cfg(feature = "testing")]
pub use local::local_client;
pub use probe::TableProbe;
pub use queue::question_of;
pub use secrets::ParameterStore;

/// The client of this container. Region, credentials and endpoint come from the environment as the SDK reads it.
pub async fn client() -> Client {
    Client::new(&environment().await)
}

/// The settings of every client, from the environment.
async fn environment() -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_millis(300));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(700))
        .operation_timeout(Duration::from_secs(2))
        .build();
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(retries)
        .timeout_config(timeouts);
    let loader = match https::client() {
        Some(client) => loader.http_client(client),
        None => loader,
    };
    loader.load().await
}
