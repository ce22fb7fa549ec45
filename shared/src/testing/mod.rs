//! Doubles of what is outside, for tests.

mod fault_proxy;

pub use fault_proxy::{Call, FaultProxy, Verdict};
