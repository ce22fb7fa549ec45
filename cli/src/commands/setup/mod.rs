//! `attest setup`: detects model providers, or installs a small local model, and stores the provider list.

mod context;
mod discovery;
mod offline;
mod provider_list;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use anstream::println;
use anyhow::Context;
use clap::Args;
use console::style;
use futures::FutureExt;
use shared::llm::routing::Choice;
use shared::store::ParameterStore;

use super::providers::all_but_paid;
use super::providers::test::{self, State, TestResult};
use super::workspace::workspace_root;
use crate::exit::Exit;
use crate::model_server::{self, MODEL_NAME, ModelServerConfig, with_server};
use crate::model_settings::{self, ModelSettings, PROVIDERS_FILE, is_billed, price};
use crate::prompt::confirm;
use crate::table::table;
use context::SetupContext;
use discovery::Discovery;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Installs a small model on this machine. Needs a network connection only for the installation.
    #[arg(long)]
    offline_model: bool,
    /// Adds a model of Amazon Bedrock, called with the AWS credentials in the environment. Calls are billed.
    #[arg(long, value_name = "MODEL", num_args = 0..=1, default_missing_value = provider_list::BEDROCK_MODEL)]
    bedrock: Option<String>,
    /// Answers yes to every prompt.
    #[arg(long)]
    yes: bool,
    /// Prints the changes without making them.
    #[arg(long)]
    print: bool,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let root = workspace_root()?;
    let context = SetupContext {
        root: &root,
        variable: &model_settings::process_variable,
        python: "python3".into(),
        confirm: &|question| confirm(question).boxed(),
        print: &|text| println!("{text}"),
        secrets: Arc::new(ParameterStore::default()),
    };
    set_up(&context, &arguments).await
}

async fn set_up(context: &SetupContext<'_>, arguments: &Arguments) -> anyhow::Result<Exit> {
    let print = context.print;
    if (context.variable)("LLM_PROVIDERS").is_some() {
        print("The variable LLM_PROVIDERS takes precedence. Unset it to detect providers.");
        if arguments.print {
            return Ok(Exit::Done);
        }
        return test_and_report(context).await;
    }

    let discovery = discovery::discover(context).await?;
    print(&discovery.text());
    let installed = ModelServerConfig::read(context.root);
    let offline = match installed.filter(|_| !arguments.offline_model || arguments.print) {
        Some(config) => {
            print(&format!("The model server is installed: {MODEL_NAME}."));
            Some(config)
        }
        None if wants_offline_model(context, arguments, &discovery).await => Some(if arguments.print {
            print(&format!(
                "{}\nThe model server would be installed into {}/.",
                offline::LICENCES,
                model_server::FOLDER
            ));
            offline::planned(context.root)?
        } else {
            offline::install(context.root, &context.python, print).await?
        }),
        None => None,
    };

    let mut providers = discovery.entries(offline.as_ref());
    if let Some(model) = &arguments.bedrock {
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .find_map(|name| (context.variable)(name));
        let region = region.context("set AWS_REGION to the region of Amazon Bedrock, such as us-east-1")?;
        providers.push(provider_list::bedrock(&region, model));
    } else if (context.variable)("AWS_ACCESS_KEY_ID").is_some() {
        print(
            "AWS credentials in the environment: `cargo attest setup --bedrock` adds Amazon Bedrock. Billed.",
        );
    }
    if providers.is_empty() {
        print(NO_MODEL_FOUND);
        return Ok(Exit::Done);
    }
    let list = provider_list::text(&providers)?;
    if arguments.print {
        print(&format!("{PROVIDERS_FILE} would contain:\n{list}"));
        return Ok(Exit::Done);
    }
    if let Some(config) =
        offline.filter(|config| ModelServerConfig::read(context.root).as_ref() != Some(config))
    {
        config.write(context.root)?;
        print(&format!("{}:\n{}", model_server::CONFIG_FILE, config.to_json()?));
    }
    let change = provider_list::write(&context.root.join(PROVIDERS_FILE), &list)?;
    print(&format!("{PROVIDERS_FILE}{change}:\n{list}"));
    test_and_report(context).await
}

const NO_MODEL_FOUND: &str = "\
Found no model, and changed nothing. Without a model, answers quote the documents.
To configure a model, do one of the following and run `cargo attest setup` again:
  - Install Ollama (https://ollama.com) and run `ollama pull llama3.2`. Free, runs on this machine.
  - Set GROQ_API_KEY, GEMINI_API_KEY or HF_TOKEN. Free within limits.
  - Set OPENAI_API_KEY or ANTHROPIC_API_KEY. Billed.
  - Set AWS credentials and AWS_REGION, and run `cargo attest setup --bedrock`. Billed.
  - Run `cargo attest setup --offline-model`. A very small model (SmolLM2, Apache-2.0), free, runs on this machine.";

/// Whether to install the offline model: on request, or when Ollama has no model and the user agrees.
async fn wants_offline_model(
    context: &SetupContext<'_>,
    arguments: &Arguments,
    discovery: &Discovery,
) -> bool {
    arguments.offline_model
        || (!arguments.print
            && discovery.ollama_model.is_none()
            && (arguments.yes || (context.confirm)(offline::QUESTION).await))
}

/// Tests the configured models and prints the results, the costs and the next step.
async fn test_and_report(context: &SetupContext<'_>) -> anyhow::Result<Exit> {
    let print = context.print;
    let settings = ModelSettings::read(context.root, context.variable)?;
    let models = all_but_paid(&settings);
    let tests = test::test(&settings, &models, &context.secrets);
    let results = with_server(context.root, &settings.settings.providers, print, tests).await;
    print(&test::text(&results));
    print(&format!("\n{}", costs(&settings, &results)));
    print(&format!("\n{}\nNext: cargo dev", settings.summary()));
    Ok(if results.iter().any(TestResult::failed) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// Renders which models are free and which are billed, in routing order.
fn costs(settings: &ModelSettings, results: &[TestResult]) -> String {
    let row = |(choice, result): (Choice<'_>, &TestResult)| {
        let works = match result.state {
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
    let rows: Vec<_> = settings.order().into_iter().zip(results).map(row).collect();
    table(["model", "works", "cost", "$/million in / out"], &rows)
}
