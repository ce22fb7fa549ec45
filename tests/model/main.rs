//! The model client and the complete hub against a real model, served by llama.cpp's Python server. `.ci/checks/model`
//! installs both and passes their paths in the environment.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests and their helpers fail by panicking"
)]

mod breaks;
mod client;
#[expect(dead_code, reason = "used by the tests of the other binary")]
#[path = "../it/contract.rs"]
mod contract;
mod gzip_proxy;
mod hub;
mod outages;
mod server;
#[expect(dead_code, reason = "used by the tests of the other binary")]
#[path = "../it/support.rs"]
mod support;
