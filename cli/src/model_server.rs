//! The model server that `attest setup` installs: llama-cpp-python with a small model. Started beside the functions,
//! ended with them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use shared::http_client;
use shared::llm::catalog::Provider;
use shared::llm::wire::Kind;
use tokio::process::{Child, Command};

/// What the model is called in requests.
pub(crate) const MODEL_NAME: &str = "smollm2-135m";
/// Tokens that it reads and writes together.
const CONTEXT_TOKENS: u32 = 8_192;
/// Tokens that it is given at most: on two cores it reads 200 a second, so more would take an answer's whole time.
pub(crate) const USEFUL_TOKENS: u32 = 2_048;
/// Everything of the server is in here, from the root of the workspace.
pub(crate) const FOLDER: &str = ".attest/models";
/// What starts it, from the root of the workspace.
pub(crate) const LAUNCH_FILE: &str = ".attest/models/server.json";
/// How long loading may take: a cold disk is slow.
const START_LIMIT: Duration = Duration::from_secs(90);
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// While it writes for somebody, it lets even this question wait.
const CHECK_LIMIT: Duration = Duration::from_secs(10);
/// How many of the last bytes of the log are shown when it does not start.
const TAIL_BYTES: usize = 2_000;

/// What starts the server; kept in [`LAUNCH_FILE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Launch {
    /// The Python that has the server.
    pub(crate) python: PathBuf,
    /// The model's file, GGUF.
    pub(crate) model: PathBuf,
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
}

impl Launch {
    /// What was installed in this workspace; `None` when nothing was, or when it is gone.
    pub(crate) fn read(root: &Path) -> Option<Self> {
        let text = std::fs::read(root.join(LAUNCH_FILE)).ok()?;
        let launch: Self = serde_json::from_slice(&text).ok()?;
        (launch.python.is_file() && launch.model.is_file()).then_some(launch)
    }

    /// Keeps it for the next start.
    pub(crate) fn write(&self, root: &Path) -> anyhow::Result<()> {
        crate::files::write_whole(&root.join(LAUNCH_FILE), &self.text()?)
    }

    /// As it is kept.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        Ok(format!("{}\n", serde_json::to_string_pretty(self)?))
    }

    /// The address under which it speaks OpenAI's format.
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// Whether a provider is this server.
    pub(crate) fn serves(&self, provider: &Provider) -> bool {
        let url = &provider.base_url;
        provider.kind == Kind::Llamacpp
            && matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
            && url.port() == Some(self.port)
    }
}

/// The running server. Dropping it ends it.
pub(crate) struct ModelServer(Child);

impl ModelServer {
    /// Starts the server of this workspace and waits until it answers. `None` when no provider is this server, or when it
    /// runs already.
    pub(crate) async fn start(root: &Path, providers: &[Provider]) -> anyhow::Result<Option<Self>> {
        let Some(launch) = Launch::read(root) else {
            return Ok(None);
        };
        let http = http_client::builder()?.no_proxy().timeout(CHECK_LIMIT).build()?;
        if !providers.iter().any(|provider| launch.serves(provider)) || answers(&http, &launch).await {
            return Ok(None);
        }
        let log = root.join(FOLDER).join("server.log");
        let mut child = command(&launch, &log)?
            .spawn()
            .with_context(|| format!("cannot start {}", launch.python.display()))?;
        let answering = async {
            while !answers(&http, &launch).await {
                tokio::time::sleep(CHECK_EVERY).await;
            }
        };
        let problem = tokio::select! {
            () = answering => return Ok(Some(Self(child))),
            status = child.wait() => format!("it ended ({})", status?),
            () = tokio::time::sleep(START_LIMIT) => {
                format!("it did not answer within {} seconds", START_LIMIT.as_secs())
            }
        };
        bail!(
            "the model server did not start: {problem}. Its log, {}:\n{}",
            log.display(),
            tail(&log)
        )
    }

    /// Waits until it ends by itself, and says how it did.
    pub(crate) async fn ended(&mut self) -> String {
        match self.0.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Ends it and waits until it is gone.
    pub(crate) async fn stop(mut self) {
        // Only a process that has ended by itself cannot be ended.
        let _ = self.0.kill().await;
    }
}

/// Does some work with the server running, if this workspace has one. `warn` is told why it did not start; the work is
/// done all the same.
pub(crate) async fn with_server<T>(
    root: &Path,
    providers: &[Provider],
    warn: &dyn Fn(&str),
    work: impl Future<Output = T>,
) -> T {
    let server = ModelServer::start(root, providers).await.unwrap_or_else(|error| {
        warn(&format!("{error:#}"));
        None
    });
    let done = work.await;
    if let Some(server) = server {
        server.stop().await;
    }
    done
}

fn command(launch: &Launch, log: &Path) -> anyhow::Result<Command> {
    let log_file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = Command::new(&launch.python);
    // The server reads variables such as HOST, PORT and MODEL over its flags, and has no use for anybody's keys.
    command.env_clear();
    for kept in ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command
        // Threads that spin while they wait for each other are ten times slower on cores that others use too.
        .env("OMP_WAIT_POLICY", "passive")
        .args(["-m", "llama_cpp.server", "--host", "127.0.0.1"])
        .args(["--model_alias", MODEL_NAME, "--model"])
        .arg(&launch.model)
        .args(["--port", &launch.port.to_string()])
        .args(["--n_ctx", &CONTEXT_TOKENS.to_string()])
        .args([
            "--n_threads",
            "1",
            "--n_threads_batch",
            "2",
            "--flash_attn",
            "true",
        ])
        // Otherwise a second request ends the stream of the first one as if it were whole.
        .args(["--interrupt_requests", "false"])
        // Otherwise memory for the scores of every token of the context is set aside.
        .args(["--logits_all", "false"])
        // Otherwise its penalty for repetition works against quoting words of the prompt.
        .args(["--last_n_tokens_size", "0"])
        .args(["--verbose", "false"])
        .stdin(Stdio::null())
        .stdout(log_file.try_clone()?)
        .stderr(log_file)
        .kill_on_drop(true);
    // Ctrl-C at a terminal reaches a whole process group: the server ends after the functions that may be asking it.
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// Whether the server answers, and is ours: another program may have its port.
async fn answers(http: &reqwest::Client, launch: &Launch) -> bool {
    let response = http.get(format!("{}/models", launch.base_url())).send().await;
    let Ok(response) = response else { return false };
    let models: serde_json::Value = response.json().await.unwrap_or_default();
    models["data"]
        .as_array()
        .is_some_and(|models| models.iter().any(|model| model["id"] == MODEL_NAME))
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let start = text.len().saturating_sub(TAIL_BYTES);
    String::from_utf8_lossy(&text[start..]).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use shared::llm::catalog;

    use super::*;

    fn providers(port: u16) -> Vec<Provider> {
        let list = format!(
            r#"[{{"kind": "llamacpp", "base_url": "http://127.0.0.1:{port}/v1", "models": ["{MODEL_NAME}"]}}]"#
        );
        catalog::parse(&list, &|_| None).unwrap()
    }

    /// A workspace in which the "Python" is a script.
    fn workspace(script: &str, port: u16) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        std::fs::create_dir_all(&folder).unwrap();
        let python = folder.join("python");
        crate::files::write_script(&python, &format!("#!/bin/sh\n{script}\n"));
        let model = python.clone();
        Launch { python, model, port }.write(root.path()).unwrap();
        root
    }

    #[test]
    fn what_is_gone_is_not_started() {
        let root = workspace("exit 0", 9_010);
        let launch = Launch::read(root.path()).unwrap();
        assert!(launch.serves(&providers(9_010)[0]) && !launch.serves(&providers(9_011)[0]));
        std::fs::remove_file(&launch.python).unwrap();
        assert_eq!(Launch::read(root.path()), None);
    }

    #[tokio::test]
    async fn a_server_that_does_not_start_says_why() {
        let root = workspace("echo \"no module called $2\"; exit 3", 1);
        let error = ModelServer::start(root.path(), &providers(1))
            .await
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(error.contains("it ended (exit status: 3)"), "{error}");
        assert!(error.contains("no module called llama_cpp.server"), "{error}");
    }

    #[tokio::test]
    async fn nothing_is_started_for_other_providers() {
        let root = workspace("exit 3", 1);
        assert!(
            ModelServer::start(root.path(), &providers(2))
                .await
                .unwrap()
                .is_none()
        );
    }

    /// Answers as the server does, once this file is there.
    async fn answer_when_there(file: PathBuf) -> (u16, tokio::task::JoinSet<()>) {
        let models = move || async move {
            let name = if file.exists() { MODEL_NAME } else { "another" };
            axum::Json(serde_json::json!({"object": "list", "data": [{"id": name}]}))
        };
        let router = axum::Router::new().route("/v1/models", axum::routing::get(models));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut serving = tokio::task::JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        (port, serving)
    }

    #[tokio::test]
    async fn a_started_server_ends_with_stop_and_one_that_runs_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let (port, _serving) = answer_when_there(pid_file.clone()).await;
        let script = format!(
            "echo $$ > {0}.new && mv {0}.new {0}; exec sleep 600",
            pid_file.display()
        );
        let root = workspace(&script, port);

        let server = ModelServer::start(root.path(), &providers(port)).await.unwrap();
        let pid = std::fs::read_to_string(&pid_file).unwrap();
        let second = ModelServer::start(root.path(), &providers(port)).await.unwrap();
        assert!(second.is_none(), "it runs already");
        assert_eq!(std::fs::read_to_string(&pid_file).unwrap(), pid);

        server.unwrap().stop().await;
        let lives = std::process::Command::new("kill")
            .args(["-0", pid.trim()])
            .output();
        assert!(!lives.unwrap().status.success());
    }
}
