//! `attest dev`: runs the local cloud, loads the sample library and answers a sample question.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Instant;

use anstream::{eprintln, println};
use anyhow::{Context, anyhow, bail};
use attest::{Cloud, CloudOptions, Data, Logs, Profile};
use clap::Args;
use console::style;
use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::target::DEFAULT_URL;
use super::workspace::{SAMPLES, workspace_root};
use crate::documents::{self, Document};
use crate::exit::Exit;
use crate::model_server::ModelServer;
use crate::model_settings::{self, ModelSettings};
use crate::render;
use crate::server::Server;
use crate::stop_signal::stop_signal;

const DATA_DIRECTORY: &str = ".attest";
/// The file of the data directory with the hash of the sample documents that were loaded.
const SAMPLES_STAMP: &str = "samples";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The API port on 127.0.0.1. Specify 0 to use any free port.
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// The port of the local DynamoDB on 127.0.0.1. Specify 0 to use any free port.
    #[arg(long, default_value_t = 0)]
    dynamodb_port: u16,
    /// Keeps all data in memory instead of in `.attest/`.
    #[arg(long)]
    memory: bool,
    /// Deletes the data in `.attest/` first.
    #[arg(long, conflicts_with = "memory")]
    fresh: bool,
    /// Builds the functions in release mode, as for a deployment. The build is slower, and the functions are faster.
    #[arg(long)]
    release: bool,
    /// A host name by which browsers may call the local cloud, beside `localhost` and loopback addresses. May be repeated.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Lets documents be fetched from this machine and from private networks, on every port.
    #[arg(long)]
    allow_loopback: bool,
    /// Skips the sample library and the sample question.
    #[arg(long)]
    no_sample: bool,
}

#[derive(Deserialize)]
struct SampleQuestion {
    question: String,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let root = workspace_root()?;
    let models = ModelSettings::read(&root, &model_settings::process_variable)?;
    let mut stop = pin!(stop_signal());
    let (cloud, mut model_server) = tokio::select! {
        (cloud, model_server) = async {
            tokio::join!(start(&arguments, &root, &models), start_model_server(&root, &models))
        } => (cloud?, model_server),
        // Dropping the other future kills cargo and the model server.
        () = &mut stop => return Ok(Exit::Done),
    };
    let introduction = async {
        if !arguments.no_sample
            && let Err(error) = show_sample(&cloud, &root, arguments.memory).await
        {
            eprintln!(
                "{} cannot answer the sample question: {error:#}",
                style("warning:").for_stderr().yellow()
            );
        }
        print_usage(&cloud, &models, started);
    };
    let interrupted = tokio::select! {
        () = introduction => false,
        () = &mut stop => true,
    };
    if !interrupted {
        tokio::select! {
            () = stop => {}
            () = warn_on_exit(&mut model_server) => {}
        }
    }
    eprintln!("stopping");
    tokio::select! {
        () = shut_down(cloud, model_server) => Ok(Exit::Done),
        () = stop_signal() => Ok(Exit::Interrupted),
    }
}

/// Stops the functions first, because they may be calling the model server.
async fn shut_down(cloud: Cloud, model_server: Option<ModelServer>) {
    cloud.stop().await;
    if let Some(server) = model_server {
        server.stop().await;
    }
}

/// Starts the model server, if one is configured. A failure is only a warning: the application also works without it.
async fn start_model_server(root: &Path, models: &ModelSettings) -> Option<ModelServer> {
    let server = ModelServer::start(root, &models.settings.providers).await;
    server.unwrap_or_else(|error| {
        eprintln!("{} {error:#}", style("warning:").for_stderr().yellow());
        None
    })
}

/// Prints a warning when the model server exits, because answers then silently fall back to quotations. Never resolves.
async fn warn_on_exit(model_server: &mut Option<ModelServer>) {
    if let Some(server) = model_server {
        let status = server.wait_for_exit().await;
        eprintln!(
            "{} the model server exited ({status}); restart `cargo dev` to start it again",
            style("warning:").for_stderr().yellow()
        );
    }
    std::future::pending().await
}

async fn start(arguments: &Arguments, root: &Path, models: &ModelSettings) -> anyhow::Result<Cloud> {
    let options = CloudOptions {
        port: arguments.port,
        dynamodb_port: arguments.dynamodb_port,
        data: if arguments.memory {
            Data::Memory
        } else {
            Data::Directory(root.join(DATA_DIRECTORY))
        },
        profile: if arguments.release {
            Profile::Release
        } else {
            Profile::Dev
        },
        env: environment(arguments),
        model_env: models.variables(),
        web_env: web_variables(),
        logs: Logs::Terminal,
        fresh: arguments.fresh,
        allowed_hosts: arguments.allow_host.clone(),
        ..CloudOptions::memory(root)
    };
    Cloud::start(options).await.map_err(|error| {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::AddrInUse) {
            return anyhow!(
                "{error}: the port is in use; choose another one with --port or --dynamodb-port, or 0 for any free port"
            );
        }
        error
    })
}

/// Environment variables for every function.
fn environment(arguments: &Arguments) -> Vec<(String, String)> {
    let variables = [
        // The template sets the JSON format, which is hard to read in a terminal.
        (std::io::stderr().is_terminal(), "AWS_LAMBDA_LOG_FORMAT", "Text"),
        (arguments.allow_loopback, "FETCH_INTRANET", "true"),
    ];
    let set = variables.into_iter().filter(|(is_set, ..)| *is_set);
    set.map(|(_, name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The settings of web search in the environment of this process.
fn web_variables() -> Vec<(String, String)> {
    let names = ["WEB_SEARCH", "WEB_SEARCH_URL", "WEB_SEARCH_KEY"];
    let set = |name: &str| Some((name.to_owned(), model_settings::process_variable(name)?));
    names.into_iter().filter_map(set).collect()
}

/// Loads the sample library, asks the first sample question and prints the answer.
async fn show_sample(cloud: &Cloud, root: &Path, in_memory: bool) -> anyhow::Result<()> {
    let server = Server::new(cloud.url())?;
    let samples = root.join(SAMPLES);
    load_samples(
        &server,
        &samples,
        (!in_memory).then(|| root.join(DATA_DIRECTORY).join(SAMPLES_STAMP)),
    )
    .await?;

    let questions =
        std::fs::read(samples.join("questions.json")).context("cannot read the sample questions")?;
    let questions: Vec<SampleQuestion> =
        serde_json::from_slice(&questions).context("cannot parse the sample questions")?;
    let Some(SampleQuestion { question }) = questions.into_iter().next() else {
        return Ok(());
    };
    let answer = server.post("/queries", &json!({ "query": question })).await?;
    println!("\n{}\n\n{}", style(question).bold(), render::answer(&answer.json));
    Ok(())
}

/// Uploads the sample documents, unless the file `stamp` contains their hash.
async fn load_samples(server: &Server, folder: &Path, stamp: Option<PathBuf>) -> anyhow::Result<()> {
    let mut documents = Vec::new();
    let mut hash = Sha256::new();
    for mut source in documents::find_texts(folder)? {
        source.id = source
            .file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let document = Document::read(&source)?;
        hash.update(serde_json::to_vec(&document)?);
        documents.push(document);
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if stamp
        .as_ref()
        .is_some_and(|stamp| std::fs::read_to_string(stamp).is_ok_and(|stored| stored == hash))
    {
        return Ok(());
    }
    eprintln!("loading {} sample documents", documents.len());
    let mut uploads = pin!(documents::upload(server, "default", documents.into_iter(), 2));
    while let Some(batch) = uploads.try_next().await? {
        if let Some((id, failure)) = batch
            .into_iter()
            .find_map(|result| Some((result.id, result.failure?)))
        {
            bail!("cannot ingest {id}: {failure}");
        }
    }
    if let Some(stamp) = stamp {
        std::fs::write(stamp, hash)?;
    }
    Ok(())
}

fn print_usage(cloud: &Cloud, models: &ModelSettings, started: Instant) {
    let url = cloud.url();
    let json = "-H 'content-type: application/json'";
    let target = if url == DEFAULT_URL {
        String::new()
    } else {
        format!("--url {url} ")
    };
    println!(
        "\nReady after {:.1} s: {}\n",
        started.elapsed().as_secs_f64(),
        style(url).bold().cyan()
    );
    println!("{}\n", models.summary());
    println!(
        r#"  curl {url}/queries {json} -d '{{"query": "At how much memory does a function get a whole vCPU?"}}'"#
    );
    println!(
        r#"  curl {url}/documents {json} -d '{{"documents": [{{"title": "Note", "text": "The key is in the blue box."}}]}}'"#
    );
    println!(r#"  cargo attest ask {target}"Where is the key?""#);
    println!("\nPress Ctrl-C to stop.");
}
