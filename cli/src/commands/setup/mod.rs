//! `attest setup`: finds models that write, or installs a small one, and keeps what it finds for `attest dev`.

mod found;
mod offline;
mod provider_list;
#[cfg(test)]
mod tests;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::{eprint, println};
use clap::Args;
use console::style;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value as Json;
use shared::llm::routing::Choice;
use shared::ports::Secrets;
use shared::store::ParameterStore;
use tokio::sync::oneshot;

use super::providers::all_but_paid;
use super::providers::test::{self, State, Tested};
use super::workspace_root;
use crate::exit::Exit;
use crate::model_server::{self, Launch, MODEL_NAME, with_server};
use crate::model_settings::{self, ModelSettings, PROVIDERS_FILE, Variable, is_billed, price};
use crate::table::table;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Install a small model that runs on this machine and needs no network afterwards.
    #[arg(long)]
    offline_model: bool,
    /// Say yes to every question.
    #[arg(long)]
    yes: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    print: bool,
}

/// All that a setup knows of the world.
struct Surroundings<'a> {
    /// The root of the workspace.
    root: &'a Path,
    variable: Variable<'a>,
    /// The Python on the PATH.
    python: PathBuf,
    /// Answers a question with yes or no; with no where nobody can be asked.
    confirm: &'a dyn Fn(&'static str) -> BoxFuture<'static, bool>,
    say: &'a dyn Fn(&str),
    secrets: Arc<dyn Secrets>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let root = workspace_root()?;
    let surroundings = Surroundings {
        root: &root,
        variable: &model_settings::process,
        python: "python3".into(),
        confirm: &|question| confirm(question).boxed(),
        say: &|text| println!("{text}"),
        secrets: Arc::new(ParameterStore::default()),
    };
    set_up(&surroundings, &arguments).await
}

/// Asks at a terminal.
async fn confirm(question: &'static str) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    eprint!("{question} [y/N] ");
    // On a thread that nobody waits for: Ctrl-C has to be heard in the meantime, and reading cannot be broken off.
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        send.send(read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    });
    receive.await.unwrap_or(false)
}

async fn set_up(around: &Surroundings<'_>, arguments: &Arguments) -> anyhow::Result<Exit> {
    let say = around.say;
    if (around.variable)("LLM_PROVIDERS").is_some() {
        say("LLM_PROVIDERS is set, and is what counts; unset it to have the providers found.");
        if arguments.print {
            return Ok(Exit::Done);
        }
        return conclude(around).await;
    }

    let found = found::look(around).await?;
    say(&found.text());
    let installed = Launch::read(around.root);
    let offline = match installed.filter(|_| !arguments.offline_model || arguments.print) {
        Some(launch) => {
            say(&format!("The model server is installed: {MODEL_NAME}."));
            Some(launch)
        }
        None if wants_offline_model(around, arguments, &found).await => Some(if arguments.print {
            say(&format!(
                "The model server would be installed into {}/.",
                model_server::FOLDER
            ));
            offline::planned(around.root)?
        } else {
            offline::install(around.root, &around.python, say).await?
        }),
        None => None,
    };

    let providers = found.entries(offline.as_ref());
    if providers.is_empty() {
        say(NOTHING_FOUND);
        return Ok(Exit::Done);
    }
    let list = provider_list::text(&providers)?;
    if arguments.print {
        say(&format!("{PROVIDERS_FILE} would hold:\n{list}"));
        return Ok(Exit::Done);
    }
    if let Some(launch) = offline.filter(|launch| Launch::read(around.root).as_ref() != Some(launch)) {
        launch.write(around.root)?;
        say(&format!("{}:\n{}", model_server::LAUNCH_FILE, launch.text()?));
    }
    let kept = provider_list::write(&around.root.join(PROVIDERS_FILE), &list)?;
    say(&format!("{PROVIDERS_FILE}{kept}:\n{list}"));
    conclude(around).await
}

const NOTHING_FOUND: &str = "\
Nothing that writes was found, so nothing was written: answers are quoted from the documents, without a model.
To have one, do one of these and run `cargo attest setup` again:
  - install Ollama (https://ollama.com) and run `ollama pull llama3.2`: free, on this machine
  - set GROQ_API_KEY, GEMINI_API_KEY or HF_TOKEN: free within limits
  - set OPENAI_API_KEY or ANTHROPIC_API_KEY: billed
  - `cargo attest setup --offline-model`: a very small model, on this machine, free";

/// Whether to install it: when it is asked for, or when nothing on this machine writes and the answer is yes.
async fn wants_offline_model(around: &Surroundings<'_>, arguments: &Arguments, found: &found::Found) -> bool {
    arguments.offline_model
        || (!arguments.print
            && found.ollama_model.is_none()
            && (arguments.yes || (around.confirm)(offline::QUESTION).await))
}

/// Tries what is configured now, as functions would, and says what it costs and what comes next.
async fn conclude(around: &Surroundings<'_>) -> anyhow::Result<Exit> {
    let say = around.say;
    let settings = ModelSettings::read(around.root, around.variable)?;
    let chosen = all_but_paid(&settings);
    let tests = test::test(&settings, &chosen, &around.secrets);
    let tested = with_server(around.root, &settings.settings.providers, say, tests).await;
    say(&test::text(&tested));
    say(&format!("\n{}", costs(&settings, &tested)));
    say(&format!("\n{}\nNext: cargo dev", settings.summary()));
    Ok(if tested.iter().any(Tested::failed) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// What is free and what is not, in the order in which models are tried.
fn costs(settings: &ModelSettings, tested: &[Tested]) -> String {
    let row = |(choice, tested): (Choice<'_>, &Tested)| {
        let works = match tested.state {
            State::Works | State::Reached => style("yes").green(),
            State::Failed => style("no").red(),
        };
        let billed = if is_billed(choice) { "billed" } else { "free" };
        [
            model_settings::full_name(choice),
            works.to_string(),
            billed.to_owned(),
            if is_billed(choice) {
                price(choice.model)
            } else {
                String::new()
            },
        ]
    };
    let rows: Vec<_> = settings.order().into_iter().zip(tested).map(row).collect();
    table(["model", "works", "cost", "$/million in / out"], &rows)
}

/// The entry of the model server in the list of providers.
fn offline_entry(launch: &Launch) -> Json {
    provider_list::local(
        "offline",
        "llamacpp",
        &launch.base_url(),
        MODEL_NAME,
        model_server::USEFUL_TOKENS,
    )
}
