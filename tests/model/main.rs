//! The model client and the whole hub with a real model behind a server that is not ours: llama.cpp's, from Python.
//! `.ci/checks/model` installs both and names them in the environment.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod breaks;
mod client;
#[expect(dead_code, reason = "the other tests call the rest of it")]
#[path = "../it/contract.rs"]
mod contract;
mod hub;
mod server;
#[expect(dead_code, reason = "the other tests call the rest of it")]
#[path = "../it/support.rs"]
mod support;
