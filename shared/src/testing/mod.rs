//! Test doubles of external services: a DynamoDB proxy that injects faults, and a scripted LLM provider.

mod fault_proxy;
mod partial;
mod refusals;
mod scripted_provider;

pub use fault_proxy::{DynamoDbCall, FaultProxy, Verdict};
pub use scripted_provider::{
    Behaviour, ReceivedRequest, RetryAfter, ScriptedAnswer, ScriptedProvider, WireFormat,
};
