//! One binary of tests that start the real functions over an embedded DynamoDB.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod answers;
mod crash;
mod hub;
mod inputs;
mod invariants;
mod lifecycle;
mod outage;
mod paging;
mod rows;
mod samples;
mod support;
