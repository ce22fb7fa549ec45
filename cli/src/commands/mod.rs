//! The command line, one file per command.

mod ask;
mod dev;
mod eval;
mod ingest;
mod providers;
mod search;
mod setup;

use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::exit::{self, Exit};
use crate::server::{Reply, Server, ServerError};
use crate::stop_signal::stop_signal;

/// Where `attest dev` listens.
const DEFAULT_URL: &str = "http://127.0.0.1:9000";

/// Answers from your documents, with a quotation for every sentence.
#[derive(Debug, Parser)]
#[command(name = "attest", version, after_help = exit::HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine: the Lambda functions, API Gateway and the database.
    Dev(dev::Arguments),
    /// Find models that write, or install a small one; keeps what it finds in `.attest/providers.json`.
    #[command(after_help = exit::HELP)]
    Setup(setup::Arguments),
    /// The model providers: what is configured, whether it works, how fast it is.
    #[command(subcommand, after_help = exit::HELP)]
    Providers(providers::Arguments),
    /// Ask one question.
    #[command(after_help = exit::HELP)]
    Ask(ask::Arguments),
    /// Put files into a library. Running it again skips what has not changed.
    #[command(after_help = exit::HELP)]
    Ingest(ingest::Arguments),
    /// Find passages, without an answer.
    #[command(after_help = exit::HELP)]
    Search(search::Arguments),
    /// Measure quality on public data sets.
    Eval(eval::Arguments),
}

/// Runs a command that starts programs: dropping it ends them, where a signal alone would leave them behind.
async fn until_stopped(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::select! {
        exit = command => exit,
        () = stop_signal() => Ok(Exit::Interrupted),
    }
}

/// Where the server is.
#[derive(Debug, Args)]
struct Target {
    /// The server's base URL.
    #[arg(long, env = "ATTEST_URL", default_value = DEFAULT_URL)]
    url: String,
}

impl Target {
    fn server(&self) -> anyhow::Result<Server> {
        Server::new(&self.url)
    }
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.command {
        Command::Dev(arguments) => dev::run(arguments).await,
        Command::Setup(arguments) => until_stopped(setup::run(arguments)).await,
        Command::Providers(arguments) => until_stopped(providers::run(arguments)).await,
        Command::Ask(arguments) => ask::run(arguments).await,
        Command::Ingest(arguments) => ingest::run(arguments).await,
        Command::Search(arguments) => search::run(arguments).await,
        Command::Eval(arguments) => eval::run(arguments).await,
    }
}

/// The nearest folder upwards that holds a `template.yaml`.
fn workspace_root() -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir()?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("template.yaml").is_file());
    root.map(Path::to_owned)
        .with_context(|| format!("there is no template.yaml in {} or above it", here.display()))
}

/// With `--json` a problem of the server goes to stdout as it is, like any other reply.
fn problem_as_json(result: Result<Reply, ServerError>, as_json: bool) -> Result<Reply, anyhow::Error> {
    if let (Err(ServerError::Problem { text, .. }), true) = (&result, as_json) {
        println!("{text}");
    }
    Ok(result?)
}
