//! The `attest` command. Run `attest --help` for its subcommands.
//!
//! Results go to stdout, diagnostics to stderr, both through the macros of `anstream`. Those of the standard library
//! panic when the reader closes the pipe, as in `attest ask … | head -1`. What a server or a file says is printed through
//! `terminal`.

mod commands;
mod documents;
mod exit;
mod files;
mod model_server;
mod model_settings;
mod prompt;
mod render;
mod server;
mod stop_signal;
mod table;
mod terminal;

use std::process::ExitCode;

use anstream::eprintln;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    // Large files are parsed here, in a process of their own.
    if parsers::child::serve() {
        return ExitCode::SUCCESS;
    }
    terminal::set_colors();
    let result = commands::run(commands::Arguments::parse()).await;
    result
        .unwrap_or_else(|error| {
            let label = console::style("error:").for_stderr().red().bold();
            eprintln!("{label} {}", terminal::printable(&format!("{error:#}")));
            exit::Exit::from_error(&error)
        })
        .into()
}
