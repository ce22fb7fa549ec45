//! One binary of tests that start the real functions over an embedded DynamoDB.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod answers;
mod crash;
mod embeddings;
mod hub;
mod inputs;
mod invariants;
mod lifecycle;
mod llm_faults;
mod models;
mod outage;
mod paging;
mod resting;
mod rows;
mod samples;
mod spend;
mod support;
