//! The local cloud: runs the workspace's Lambda binaries as they are deployed, on one machine.
//!
//! [`Cloud`] reads `template.yaml`, builds the functions, starts each on its first request and speaks the Lambda
//! Runtime API with them. It turns HTTP into API Gateway's events and serves an embedded `DynamoDB`. The command
//! `attest dev` is a thin shell around it, and the integration tests use it as their harness.

mod cloud;
mod compile;
mod gateway;
mod instance;
mod local_dynamodb;
mod logs;
mod pool;
mod runtime_api;
mod streamed;
mod tasks;
mod template;
mod triggers;

pub use cloud::{Cloud, CloudOptions, Data};
pub use compile::Profile;
pub use local_dynamodb::LocalDynamoDb;
pub use logs::Logs;
pub use pool::InvokeError;
pub use template::{
    Function, ResponseMode, Route, Schedule, Table, Template, TemplateError, TimeToLive, Trigger,
};

/// The region that functions are told they run in.
pub const REGION: &str = "us-east-1";
/// The account that functions are told they run in.
pub const ACCOUNT_ID: &str = "000000000000";
