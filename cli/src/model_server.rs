//! The local model server that `attest setup` installs: llama-cpp-python with a small model.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use shared::http_client;
use shared::llm::catalog::Provider;
use shared::llm::wire::ApiFormat;
use tokio::process::{Child, Command};

/// The model's name in requests.
pub(crate) const MODEL_NAME: &str = "smollm2-135m";
/// The server's context window in tokens, prompt and completion together.
const CONTEXT_TOKENS: u32 = 8_192;
/// The context window announced to callers, in tokens, with 400 for the answer: one or two passages. On two cores the model
/// reads 200 tokens a second, so a longer prompt would use up the time of an answer.
pub(crate) const MAX_PROMPT_TOKENS: u32 = 1_280;
/// The folder of the installation, relative to the workspace root.
pub(crate) const FOLDER: &str = ".attest/models";
/// The file that stores a [`ModelServerConfig`], relative to the workspace root.
pub(crate) const CONFIG_FILE: &str = ".attest/models/server.json";
/// Allows for loading the model from a cold disk.
const START_TIMEOUT: Duration = Duration::from_secs(90);
const HEALTH_CHECK_INTERVAL: Duration = Duration::from_millis(100);
/// The server handles one request at a time, so a health check may wait for a completion.
const HEALTH_CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of the end of the server's log an error shows.
const LOG_TAIL_BYTES: usize = 2_000;

/// How to start the installed server; stored as JSON in [`CONFIG_FILE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelServerConfig {
    /// The Python executable of the server's virtual environment.
    pub(crate) python: PathBuf,
    /// The model's GGUF file.
    pub(crate) model: PathBuf,
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
}

impl ModelServerConfig {
    /// Reads the configuration of the installed server. Returns `None` when none is installed, or its files are gone.
    pub(crate) fn read(root: &Path) -> Option<Self> {
        let text = std::fs::read(root.join(CONFIG_FILE)).ok()?;
        let config: Self = serde_json::from_slice(&text).ok()?;
        (config.python.is_file() && config.model.is_file()).then_some(config)
    }

    /// Stores the configuration for the next start.
    pub(crate) fn write(&self, root: &Path) -> anyhow::Result<()> {
        crate::files::write_atomic(&root.join(CONFIG_FILE), &self.to_json()?)
    }

    /// The configuration as it is stored.
    pub(crate) fn to_json(&self) -> anyhow::Result<String> {
        Ok(format!("{}\n", serde_json::to_string_pretty(self)?))
    }

    /// The base URL of the server's OpenAI-compatible API.
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// Whether a provider's entry refers to this server.
    pub(crate) fn serves(&self, provider: &Provider) -> bool {
        let url = &provider.base_url;
        provider.kind == ApiFormat::Llamacpp
            && matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
            && url.port() == Some(self.port)
    }
}

/// A running model server. Dropping it kills the process.
pub(crate) struct ModelServer(Child);

impl ModelServer {
    /// Starts the workspace's model server and waits until it responds. Returns `None` when none is installed, when no
    /// provider refers to it, or when it is already running.
    pub(crate) async fn start(root: &Path, providers: &[Provider]) -> anyhow::Result<Option<Self>> {
        let Some(config) = ModelServerConfig::read(root) else {
            return Ok(None);
        };
        let http = http_client::builder()?
            .no_proxy()
            .timeout(HEALTH_CHECK_TIMEOUT)
            .build()?;
        if !providers.iter().any(|provider| config.serves(provider)) || is_healthy(&http, &config).await {
            return Ok(None);
        }
        let log = root.join(FOLDER).join("server.log");
        let mut child = command(&config, &log)?
            .spawn()
            .with_context(|| format!("cannot start {}", config.python.display()))?;
        let healthy = async {
            while !is_healthy(&http, &config).await {
                tokio::time::sleep(HEALTH_CHECK_INTERVAL).await;
            }
        };
        let problem = tokio::select! {
            () = healthy => return Ok(Some(Self(child))),
            status = child.wait() => format!("the process ended ({})", status?),
            () = tokio::time::sleep(START_TIMEOUT) => {
                format!("no response within {} seconds", START_TIMEOUT.as_secs())
            }
        };
        bail!(
            "the model server did not start: {problem}. The end of its log, {}:\n{}",
            log.display(),
            tail(&log)
        )
    }

    /// Waits until the process exits by itself and returns its exit status.
    pub(crate) async fn wait_for_exit(&mut self) -> String {
        match self.0.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Kills the process and waits until it is gone.
    pub(crate) async fn stop(mut self) {
        // Fails only when the process has already exited.
        let _ = self.0.kill().await;
    }
}

/// Runs `work` with the workspace's model server running, if it has one. When the server does not start, passes the
/// reason to `warn` and runs `work` anyway.
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

fn command(config: &ModelServerConfig, log: &Path) -> anyhow::Result<Command> {
    let log_file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = Command::new(&config.python);
    // For the server, variables such as HOST, PORT and MODEL override its flags; it also needs no API keys.
    command.env_clear();
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
        // Spinning worker threads are ten times slower on cores shared with other processes.
        .env("OMP_WAIT_POLICY", "passive")
        .args(["-m", "llama_cpp.server", "--host", "127.0.0.1"])
        .args(["--model_alias", MODEL_NAME, "--model"])
        .arg(&config.model)
        .args(["--port", &config.port.to_string()])
        .args(["--n_ctx", &CONTEXT_TOKENS.to_string()])
        .args([
            "--n_threads",
            "1",
            "--n_threads_batch",
            "2",
            "--flash_attn",
            "true",
        ])
        // By default a second request truncates the first one's stream without an error.
        .args(["--interrupt_requests", "false"])
        // By default the server reserves memory for the logits of every token of the context.
        .args(["--logits_all", "false"])
        // The default repetition penalty works against quoting the prompt.
        .args(["--last_n_tokens_size", "0"])
        .args(["--verbose", "false"])
        .stdin(Stdio::null())
        .stdout(log_file.try_clone()?)
        .stderr(log_file)
        .kill_on_drop(true);
    // Ctrl-C reaches the terminal's whole process group; in its own group, the server outlives the functions that call it.
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// Whether the server responds and lists our model: another program may be using its port.
async fn is_healthy(http: &reqwest::Client, config: &ModelServerConfig) -> bool {
    let response = http.get(format!("{}/models", config.base_url())).send().await;
    let Ok(response) = response else { return false };
    let models: serde_json::Value = response.json().await.unwrap_or_default();
    models["data"]
        .as_array()
        .is_some_and(|models| models.iter().any(|model| model["id"] == MODEL_NAME))
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let start = text.len().saturating_sub(LOG_TAIL_BYTES);
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

    /// A workspace whose Python executable is a shell script.
    fn workspace(script: &str, port: u16) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        std::fs::create_dir_all(&folder).unwrap();
        let python = folder.join("python");
        crate::files::write_script(&python, &format!("#!/bin/sh\n{script}\n"));
        let model = python.clone();
        ModelServerConfig { python, model, port }
            .write(root.path())
            .unwrap();
        root
    }

    #[test]
    fn a_server_whose_files_are_gone_is_not_started() {
        let root = workspace("exit 0", 9_010);
        let config = ModelServerConfig::read(root.path()).unwrap();
        assert!(config.serves(&providers(9_010)[0]) && !config.serves(&providers(9_011)[0]));
        std::fs::remove_file(&config.python).unwrap();
        assert_eq!(ModelServerConfig::read(root.path()), None);
    }

    #[tokio::test]
    async fn a_server_that_does_not_start_says_why() {
        let root = workspace("echo \"no module called $2\"; exit 3", 1);
        let error = ModelServer::start(root.path(), &providers(1))
            .await
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(error.contains("the process ended (exit status: 3)"), "{error}");
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

    /// Responds as the model server does, once this file exists.
    async fn respond_once_file_exists(file: PathBuf) -> (u16, tokio::task::JoinSet<()>) {
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
    async fn stop_ends_a_started_server_and_a_running_one_is_not_started_twice() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let (port, _serving) = respond_once_file_exists(pid_file.clone()).await;
        let script = format!(
            "echo $$ > {0}.new && mv {0}.new {0}; exec sleep 600",
            pid_file.display()
        );
        let root = workspace(&script, port);

        let server = ModelServer::start(root.path(), &providers(port)).await.unwrap();
        let pid = std::fs::read_to_string(&pid_file).unwrap();
        let second = ModelServer::start(root.path(), &providers(port)).await.unwrap();
        assert!(second.is_none(), "it is already running");
        assert_eq!(std::fs::read_to_string(&pid_file).unwrap(), pid);

        server.unwrap().stop().await;
        let is_alive = std::process::Command::new("kill")
            .args(["-0", pid.trim()])
            .output();
        assert!(!is_alive.unwrap().status.success());
    }
}
