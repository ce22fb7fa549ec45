//! DynamoDB and Parameter Store: the adapters behind the ports. The only users of the AWS SDK.
//!
//! The SDK does the retrying (3 attempts inside 2 s); nothing retries around it, but for items that a batch left
//! undone, which DynamoDB answers with success.

mod access;
mod annotations;
mod answer_cache;
mod answers;
mod batch;
mod capacity;
mod connector;
mod deletion;
mod documents;
mod error;
mod events;
mod health;
mod idempotency;
mod index;
mod key;
#[cfg(feature = "testing")]
mod local;
mod probe;
mod query;
mod queue;
mod rows;
mod secrets;
mod spend;
mod sweep;
mod usage;
mod versions;
mod write;

use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    meta::region::ProvideRegion,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
pub use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedCredentialsProvider;

use crate::config;

pub use access::Access;
pub use answers::Answers;
pub use documents::Knowledge;
#[cfg(feature = "testing")]
pub use local::local_client;
pub use probe::TableProbe;
pub use queue::question_of;
pub use secrets::ParameterStore;

/// How long a connection to AWS may take to open.
const CONNECT: Duration = Duration::from_secs(1);

/// The client of this container. Region, credentials and endpoint come from the environment.
pub async fn client() -> Client {
    Client::new(&environment("DYNAMODB").await)
}

/// The settings of the client of a service. Lambda gives region and credentials as variables; profiles, other roles and
/// the addresses that hand out credentials are not asked, which would be a third of a megabyte and time at every start.
async fn environment(service: &str) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_millis(300));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(Duration::from_millis(700))
        .operation_timeout(Duration::from_secs(2))
        .build();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut settings = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retries)
        .timeout_config(timeouts)
        .http_client(connector::http_client(CONNECT));
    settings.set_endpoint_url(config::aws_endpoint(service));
    settings.build()
}
