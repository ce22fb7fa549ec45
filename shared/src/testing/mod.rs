//! Doubles of what is outside, for tests.

mod fault_proxy;
mod scripted_provider;

pub use fault_proxy::{Call, FaultProxy, Verdict};
pub use scripted_provider::{
    Behaviour, ReceivedRequest, RetryAfter, ScriptedAnswer, ScriptedProvider, WireFormat,
};
