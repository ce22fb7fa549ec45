//! `attest providers`: the model providers of this workspace, whether they work, and how fast they are.

mod advice;
mod bench;
mod call;
mod list;
pub(super) mod test;
#[cfg(test)]
mod tests;

pub(super) use list::kind as kind_name;

use std::sync::Arc;

use anstream::{eprintln, println};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde::Serialize;
use shared::llm::routing::Choice;
use shared::ports::Secrets;
use shared::store::ParameterStore;

use super::workspace_root;
use crate::exit::Exit;
use crate::model_server::with_server;
use crate::model_settings::{self, ModelSettings, is_billed};

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// Show what is configured, in the order in which models are tried. Calls nobody.
    List(Format),
    /// Call each provider once: is it there, does it take the key, has it the model, does it write?
    Test(Test),
    /// Measure the time to the first word and the speed, one model after the other.
    Bench(Bench),
}

#[derive(Debug, Args)]
pub(super) struct Format {
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// Whom to call.
#[derive(Debug, Args)]
struct Selection {
    /// Only these: `provider`, `model` or `provider/model`. One that is named is called even if that costs money.
    names: Vec<String>,
    /// Call those that cost money too.
    #[arg(long)]
    paid: bool,
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
    /// How often each is asked.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    runs: u16,
    /// The most tokens to be written each time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    tokens: u32,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let root = match workspace_root() {
        Ok(root) => root,
        // The variables say enough.
        Err(_no_template) => std::env::current_dir()?,
    };
    let settings = ModelSettings::read(&root, &model_settings::process)?;
    let providers = &settings.settings.providers;
    let warn = |text: &str| eprintln!("{text}");
    let secrets: Arc<dyn Secrets> = Arc::new(ParameterStore::default());
    match arguments {
        Arguments::List(format) => {
            show(&format, &list::rows(&settings), |_| list::text(&settings))?;
            Ok(Exit::Done)
        }
        Arguments::Test(Test { selection, format }) => {
            let chosen = selection.of(&settings)?;
            let tests = test::test(&settings, &chosen, &secrets);
            let tested = with_server(&root, providers, &warn, tests).await;
            show(&format, &tested, test::text)?;
            Ok(exit(tested.iter().any(test::Tested::failed)))
        }
        Arguments::Bench(bench) => {
            let chosen = bench.selection.of(&settings)?;
            let wanted = bench::BenchOptions {
                runs: bench.runs,
                tokens: bench.tokens,
            };
            let runs = bench::bench(&settings, &chosen, wanted, &secrets);
            let measured = with_server(&root, providers, &warn, runs).await;
            show(&bench.format, &measured, bench::text)?;
            Ok(exit(measured.iter().any(bench::Measured::failed)))
        }
    }
}

/// A model, and whether it is to be called.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) choice: Choice<'a>,
    pub(super) called: bool,
}

/// Every model, those that cost money not to be called.
pub(super) fn all_but_paid(settings: &ModelSettings) -> Vec<Chosen<'_>> {
    let choices = settings.order().into_iter();
    choices
        .map(|choice| Chosen {
            choice,
            called: !is_billed(choice),
        })
        .collect()
}

impl Selection {
    /// The models that are meant, in the order in which they are tried.
    fn of<'a>(&self, settings: &'a ModelSettings) -> anyhow::Result<Vec<Chosen<'a>>> {
        let mut all = all_but_paid(settings);
        if all.is_empty() {
            bail!("no model is configured; `cargo attest setup` finds one");
        }
        let is_meant = |choice: Choice<'_>, name: &str| {
            name == choice.provider.name
                || name == choice.model.name
                || name == model_settings::full_name(choice)
        };
        let unknown = |name: &&String| !all.iter().any(|chosen| is_meant(chosen.choice, name));
        if let Some(name) = self.names.iter().find(unknown) {
            bail!("no provider or model is called `{name}`; `cargo attest providers list` shows them");
        }
        if self.paid || !self.names.is_empty() {
            let is_named = |chosen: &Chosen<'_>| {
                self.names.is_empty() || self.names.iter().any(|name| is_meant(chosen.choice, name))
            };
            all.retain(is_named);
            all.iter_mut().for_each(|chosen| chosen.called = true);
        }
        Ok(all)
    }
}

fn exit(failed: bool) -> Exit {
    if failed { Exit::Failed } else { Exit::Done }
}

/// Prints rows as JSON or as a text.
fn show<T: Serialize>(format: &Format, rows: &[T], text: impl FnOnce(&[T]) -> String) -> anyhow::Result<()> {
    if format.json {
        println!("{}", serde_json::to_string_pretty(rows)?);
    } else {
        println!("{}", text(rows));
    }
    Ok(())
}
