//! DynamoDB client for local endpoints.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::{
    Client,
    config::{Config, Credentials, Region, retry::RetryConfig},
};

use super::{client::CONNECT_TIMEOUT, connector::http_client};

/// Creates a client for a DynamoDB emulator at `endpoint`, which does not check signatures.
pub fn local_client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(http_client(CONNECT_TIMEOUT))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}
