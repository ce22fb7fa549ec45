//! Builds the function binaries with one `cargo build` and locates the executables.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::logs::Logs;
use crate::tasks::lock;

/// The cargo profile the functions are built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The debug profile: quicker to build.
    Dev,
    /// The release profile, as deployed.
    Release,
}

/// Paths of the built executables, by binary name.
pub(crate) type Executables = HashMap<String, PathBuf>;

/// Builds `binaries` in the workspace `root`, once per process, workspace and profile.
/// The error carries the compiler's diagnostics.
pub(crate) async fn build(
    root: &Path,
    profile: Profile,
    binaries: &[&str],
    logs: Logs,
) -> anyhow::Result<Arc<Executables>> {
    type Cells = HashMap<(PathBuf, Profile), Arc<OnceCell<Arc<Executables>>>>;
    static BUILT: LazyLock<Mutex<Cells>> = LazyLock::new(Mutex::default);
    let cell = Arc::clone(lock(&BUILT).entry((root.to_owned(), profile)).or_default());
    cell.get_or_try_init(|| async { run_cargo(root, profile, binaries, logs).await.map(Arc::new) })
        .await
        .cloned()
}

async fn run_cargo(
    root: &Path,
    profile: Profile,
    binaries: &[&str],
    logs: Logs,
) -> anyhow::Result<Executables> {
    let mut command = cargo(root, profile, binaries);
    let mut child = command
        .spawn()
        .context("cannot start cargo; check that Rust is installed")?;
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        bail!("cannot read the output of cargo");
    };

    let progress = progress(logs, binaries.len());
    let mut executables = Executables::new();
    let read_messages = async {
        let mut lines = BufReader::new(stdout).lines();
        let mut compiled = 0_u64;
        while let Some(line) = lines.next_line().await? {
            let Ok(Message::CompilerArtifact {
                target,
                executable,
                fresh,
            }) = serde_json::from_str(&line)
            else {
                continue;
            };
            if !fresh {
                compiled += 1;
                progress.set_message(format!(
                    "compiled {compiled} crates, most recently {}",
                    target.name
                ));
            }
            if let Some(executable) = executable {
                executables.insert(target.name, executable);
            }
        }
        anyhow::Ok(())
    };
    let mut diagnostics = String::new();
    let (messages, read) = tokio::join!(read_messages, stderr.read_to_string(&mut diagnostics));
    messages?;
    read?;
    let status = child.wait().await?;
    progress.finish_and_clear();

    if !status.success() {
        bail!("cannot build the functions: cargo ended with {status}\n\n{diagnostics}");
    }
    if let Some(missing) = binaries.iter().find(|name| !executables.contains_key(**name)) {
        bail!("cargo built no binary `{missing}`; add a package of that name or correct template.yaml");
    }
    Ok(executables)
}

fn cargo(root: &Path, profile: Profile, binaries: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .arg("build")
        .arg("--message-format=json-render-diagnostics");
    match profile {
        Profile::Release => {
            command.arg("--release");
        }
        // With this package in the same build, cargo resolves the features that `attest` was built with and reuses
        // nearly all of its dependencies. That saves a third of the time of a first `cargo dev`.
        Profile::Dev => {
            command.args(["--package", "attest", "--lib"]);
        }
    }
    for binary in binaries {
        command.args(["--package", binary, "--bin", binary]);
    }
    // `cargo run` and `cargo test` set these for this package; a changed value would rerun build scripts.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name.starts_with("CARGO_BIN_")
        {
            command.env_remove(&*name);
        }
    }
    command
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The progress display: a spinner on a terminal, one line elsewhere, nothing in a test.
fn progress(logs: Logs, functions: usize) -> ProgressBar {
    if logs == Logs::Capture {
        return ProgressBar::hidden();
    }
    let title = format!("building {functions} functions");
    let progress = ProgressBar::new_spinner();
    if progress.is_hidden() {
        // A closed stderr must not stop the build.
        let _ = Term::stderr().write_line(&title);
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed} {wide_msg}") {
        progress.set_style(style);
    }
    progress.set_prefix(title);
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

/// The messages of cargo's `--message-format=json` that this module reads.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
        fresh: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
