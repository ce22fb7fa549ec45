//! The `attest` command. Run `attest --help` for its subcommands.
//!
//! Results go to stdout, diagnostics to stderr, both through the macros of `anstream`. Those of the standard library
//! panic when the reader closes the pipe, as in `attest ask … | head -1`.

mod commands;
mod documents;
mod exit;
mod files;
mod model_server;
mod model_settings;
mod render;
mod server;
mod stop_signal;
mod table;

use std::process::ExitCode;

use anstream::eprintln;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let result = commands::run(commands::Arguments::parse()).await;
    result
        .unwrap_or_else(|error| {
            eprintln!("{} {error:#}", console::style("error:").for_stderr().red().bold());
            exit::Exit::from_error(&error)
        })
        .into()
}
