//! Test doubles of external services: a DynamoDB proxy that injects faults, a table with a limit of writes, and a scripted LLM provider.

mod fault_proxy;
mod partial;
mod refusals;
mod scripted_provider;
mod throttled_table;

pub use fault_proxy::{DynamoDbCall, FaultProxy, Verdict};
pub use scripted_provider::{
    Behaviour, ReceivedRequest, RetryAfter, ScriptedAnswer, ScriptedProvider, WireFormat,
};
pub use throttled_table::ThrottledTable;
