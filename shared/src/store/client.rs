//! The DynamoDB client and the SDK settings of this container.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    meta::region::ProvideRegion,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::{Client, config::SharedCredentialsProvider};

use super::connector;
use crate::config;

/// Timeout of opening a connection to AWS.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Creates the DynamoDB client. Region, credentials and endpoint come from environment variables.
pub async fn client() -> Client {
    Client::new(&sdk_config("DYNAMODB").await)
}

/// Creates the SDK settings of a service.
///
/// Lambda sets region and credentials as environment variables. The SDK's other sources (profiles, assumed roles,
/// metadata endpoints) are left out: they would add a third of a megabyte to the binary and time to every cold start.
pub(super) async fn sdk_config(service: &str) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(Duration::from_millis(700))
        .build();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut settings = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .http_client(connector::http_client(CONNECT_TIMEOUT));
    settings.set_endpoint_url(config::aws_endpoint(service));
    settings.build()
}
