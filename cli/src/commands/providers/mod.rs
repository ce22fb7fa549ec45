//! `attest providers`: lists, tests and benchmarks the workspace's model providers.

mod advice;
mod bench;
mod call;
mod list;
mod selection;
pub(super) mod test;
#[cfg(test)]
mod tests;

pub(super) use list::kind_name;
pub(super) use selection::all_but_paid;

use std::sync::Arc;

use anstream::{eprintln, println};
use clap::{Args, Subcommand};
use serde::Serialize;
use shared::ports::Secrets;
use shared::store::ParameterStore;

use super::workspace::workspace_root;
use crate::exit::Exit;
use crate::model_server::with_server;
use crate::model_settings::{self, ModelSettings};
use selection::Selection;

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// Lists the configured models in routing order. Calls no provider.
    List(Format),
    /// Tests each model with one call. Checks that the provider is reachable, accepts the key, offers the model, and
    /// generates text.
    Test(Test),
    /// Measures the time to first token and the tokens per second of each model, one model at a time.
    Bench(Bench),
}

#[derive(Debug, Args)]
pub(super) struct Format {
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(flatten)]
    selection: Selection,
    /// The number of calls for each model.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    runs: u16,
    /// The maximum number of output tokens for each call.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    tokens: u32,
    #[command(flatten)]
    format: Format,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let root = match workspace_root() {
        Ok(root) => root,
        // Outside a workspace, the environment is the only source of settings.
        Err(_no_template) => std::env::current_dir()?,
    };
    let settings = ModelSettings::read(&root, &model_settings::process_variable)?;
    let providers = &settings.settings.providers;
    let warn = |text: &str| eprintln!("{text}");
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    match arguments {
        Arguments::List(format) => {
            show(&format, &list::rows(&settings), |_| list::text(&settings))?;
            Ok(Exit::Done)
        }
        Arguments::Test(Test { selection, format }) => {
            let models = selection.resolve(&settings)?;
            let tests = test::test(&settings, &models, &secrets);
            let results = with_server(&root, providers, &warn, tests).await;
            show(&format, &results, test::text)?;
            Ok(exit(results.iter().any(test::TestResult::failed)))
        }
        Arguments::Bench(bench) => {
            let models = bench.selection.resolve(&settings)?;
            let options = bench::BenchOptions {
                runs: bench.runs,
                tokens: bench.tokens,
            };
            let runs = bench::bench(&settings, &models, options, &secrets);
            let results = with_server(&root, providers, &warn, runs).await;
            show(&bench.format, &results, bench::text)?;
            Ok(exit(results.iter().any(bench::BenchResult::failed)))
        }
    }
}

fn exit(failed: bool) -> Exit {
    if failed { Exit::Failed } else { Exit::Done }
}

/// Prints results as JSON or as a table.
fn show<T: Serialize>(format: &Format, rows: &[T], text: impl FnOnce(&[T]) -> String) -> anyhow::Result<()> {
    if format.json {
        println!("{}", serde_json::to_string_pretty(rows)?);
    } else {
        println!("{}", text(rows));
    }
    Ok(())
}
