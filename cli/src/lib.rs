//! A local emulator of Lambda, API Gateway and `DynamoDB` that runs the deployed function binaries unchanged.
//!
//! [`Cloud`] reads `template.yaml`, builds the functions and starts each one on its first request, serving it the
//! [Lambda Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). It converts HTTP requests to
//! API Gateway proxy events and serves an embedded `DynamoDB`. `attest dev` and the integration tests run on it.

mod account;
mod cloud;
mod compile;
mod gateway;
mod instance;
mod invoke_api;
mod local_dynamodb;
mod logs;
mod pool;
mod runtime_api;
mod stream_records;
mod stream_triggers;
mod streaming_response;
mod tasks;
mod template;

pub use account::{ACCOUNT_ID, REGION};
pub use cloud::{Cloud, CloudOptions, Data};
pub use compile::Profile;
pub use local_dynamodb::LocalDynamoDb;
pub use logs::Logs;
pub use pool::InvokeError;
pub use template::{
    Function, ResponseMode, Route, Schedule, Table, Template, TemplateError, TimeToLive, Trigger,
};
