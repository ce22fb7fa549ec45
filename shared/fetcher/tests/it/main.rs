//! The fetcher against servers on the loopback interface.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

mod fetch;
mod rebinding;
mod redirects;
mod server;
mod ssrf;
