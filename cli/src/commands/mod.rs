//! The command line interface, with one module per subcommand.

mod ask;
mod dev;
mod doctor;
mod documents;
mod eval;
mod ingest;
mod libraries;
mod monitor;
mod providers;
mod rm;
mod search;
mod setup;
mod target;
mod workspace;

use clap::{Parser, Subcommand};

use crate::exit::{self, Exit};
use crate::stop_signal::stop_signal;

/// Answers questions from your documents and cites a quotation for every sentence.
#[derive(Debug, Parser)]
#[command(name = "attest", version, after_help = exit::HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the application locally: the Lambda functions, API Gateway, and DynamoDB.
    Dev(dev::Arguments),
    /// Configures model providers. Detects Ollama and API keys, or installs a small local model, and writes the provider
    /// list to `.attest/providers.json`.
    #[command(after_help = exit::HELP)]
    Setup(setup::Arguments),
    /// Lists, tests, and benchmarks the configured model providers.
    #[command(subcommand, after_help = exit::HELP)]
    Providers(providers::Arguments),
    /// Finds what is wrong with this machine's model settings, a hub and its tables. Each finding has its remedy. Checks tables
    /// if `QUERIES_TABLE`, `KNOWLEDGE_TABLE` and `ACCESS_TABLE` name them. The account's limits are not checked: see Service
    /// Quotas, "Concurrent executions".
    #[command(after_help = exit::HELP)]
    Doctor(doctor::Arguments),
    /// Shows a hub's state every few seconds: answers, latency, errors, spend, and models that are skipped. Reads `/health` and
    /// your own `/usage`; what CloudWatch has of all users is on the dashboard of the stack.
    #[command(after_help = exit::HELP)]
    Monitor(monitor::Arguments),
    /// Asks a question and prints the answer with its citations.
    #[command(after_help = exit::HELP)]
    Ask(ask::Arguments),
    /// Ingests files into a library. Unchanged documents are skipped.
    #[command(after_help = exit::HELP)]
    Ingest(ingest::Arguments),
    /// Lists the libraries of a hub.
    #[command(after_help = exit::HELP)]
    Libraries(libraries::Arguments),
    /// Lists the documents of a library.
    #[command(after_help = exit::HELP)]
    Documents(documents::Arguments),
    /// Deletes documents, or a library with everything in it. Asks first.
    #[command(after_help = exit::HELP)]
    Rm(rm::Arguments),
    /// Searches a library and prints the matching passages.
    #[command(after_help = exit::HELP)]
    Search(search::Arguments),
    /// Measures answer and retrieval quality on public data sets.
    Eval(eval::Arguments),
}

/// Runs a command that starts processes and drops it on a termination signal. Dropping kills the processes, which the
/// signal alone would leave running.
async fn until_stopped(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::select! {
        exit = command => exit,
        () = stop_signal() => Ok(Exit::Interrupted),
    }
}

/// Runs the subcommand.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.command {
        Command::Dev(arguments) => dev::run(arguments).await,
        Command::Setup(arguments) => until_stopped(setup::run(arguments)).await,
        Command::Providers(arguments) => until_stopped(providers::run(arguments)).await,
        Command::Doctor(arguments) => until_stopped(doctor::run(arguments)).await,
        Command::Monitor(arguments) => until_stopped(monitor::run(arguments)).await,
        Command::Ask(arguments) => ask::run(arguments).await,
        Command::Ingest(arguments) => ingest::run(arguments).await,
        Command::Libraries(arguments) => libraries::run(arguments).await,
        Command::Documents(arguments) => documents::run(arguments).await,
        Command::Rm(arguments) => rm::run(arguments).await,
        Command::Search(arguments) => search::run(arguments).await,
        Command::Eval(arguments) => until_stopped(eval::run(arguments)).await,
    }
}
