//! A DynamoDB client for an endpoint on this machine.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::config::{Config, Credentials, Region};

use super::{CONNECT, Client, connector::http_client};

/// Speaks to the DynamoDB at `endpoint`, which checks no signature.
pub fn local_client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(http_client(CONNECT))
        .build();
    Client::from_conf(config)
}
