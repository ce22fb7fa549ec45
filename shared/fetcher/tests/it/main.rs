//! The fetcher against servers on the loopback interface.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

mod crawl;
mod fetch;
mod frontier;
mod rebinding;
mod redirects;
mod server;
mod site;
mod ssrf;
mod store;
