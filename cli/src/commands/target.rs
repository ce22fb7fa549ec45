//! The `--url` option of the commands that call a running server.

use anstream::println;
use clap::Args;

use crate::server::{ApiResponse, Server, ServerError};
use crate::terminal::escaped_json;

/// The URL on which `attest dev` listens by default.
pub(super) const DEFAULT_URL: &str = "http://127.0.0.1:9000";

/// The server that a command calls.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The base URL of the server; [`DEFAULT_URL`] if it is omitted.
    #[arg(
        long,
        env = "ATTEST_URL",
        help = format!("The base URL of the server [default: {DEFAULT_URL}]")
    )]
    url: Option<String>,
}

impl Target {
    /// A client for the server.
    pub(super) fn server(&self) -> anyhow::Result<Server> {
        Server::new(self.url.as_deref().unwrap_or(DEFAULT_URL))
    }

    /// A client for the server that the command line or the environment names, if one does.
    pub(super) fn named_server(&self) -> anyhow::Result<Option<Server>> {
        self.url.as_deref().map(Server::new).transpose()
    }
}

/// With `--json`, prints the server's problem document to stdout, like any other response.
pub(super) fn problem_as_json(
    result: Result<ApiResponse, ServerError>,
    as_json: bool,
) -> anyhow::Result<ApiResponse> {
    if let (Err(ServerError::Problem { text, .. }), true) = (&result, as_json) {
        println!("{}", escaped_json(text));
    }
    Ok(result?)
}
