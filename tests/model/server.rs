//! The model server process, and a router that calls it.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use shared::{
    deadline::Deadline,
    domain::{Model, OnInterruption, Progress, Prompt, UserId},
    llm::{Router, Settings, Standalone, catalog, catalog::Provider, routing::Routing},
    ports::{GenerateOutcome, GenerateRequest, Llm},
};
use tokio::{
    process::{Child, Command},
    time::{interval, timeout},
};
use tokio_util::sync::CancellationToken;

/// The model name of the server.
pub(crate) const MODEL: &str = "smollm2";
/// The context size of the server in tokens, input and output together.
pub(crate) const CONTEXT: usize = 8_192;
/// Loading the model takes a second or two; a busy machine takes longer.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// `python -m llama_cpp.server` on a free port. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it and waits until the model is loaded.
    pub(crate) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("model-server-{port}.log"));
        let output = File::create(&log).unwrap();
        let child = Command::new(variable("MODEL_PYTHON"))
            .args(["-m", "llama_cpp.server", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string()])
            .args(["--model", &variable("MODEL_FILE"), "--model_alias", MODEL])
            .args(["--n_ctx", &CONTEXT.to_string()])
            // Otherwise a second request ends the stream of the first one with a bare `[DONE]`.
            .args(["--interrupt_requests", "false"])
            // Otherwise it keeps the logits of every token of the context: 1.6 GB.
            .args(["--logits_all", "false"])
            // Otherwise it penalizes repetition, which the OpenAI API does not do by default.
            .args(["--last_n_tokens_size", "0"])
            // Spinning threads are several times slower on shared cores.
            .args([
                "--flash_attn",
                "true",
                "--n_threads",
                "1",
                "--n_threads_batch",
                "2",
            ])
            .args(["--verbose", "false"])
            // Environment variables would override these arguments.
            .env_clear()
            .env("OMP_WAIT_POLICY", "passive")
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}/v1");
        let mut server = Self { child, url };
        let is_ready = timeout(START_TIMEOUT, server.is_ready()).await;
        assert!(is_ready == Ok(true), "it does not start: see {}", log.display());
        // Kept only after a failed start: the log may contain prompts.
        fs::remove_file(log).unwrap();
        server
    }

    /// Waits until the server answers; `false` if it exits instead.
    async fn is_ready(&mut self) -> bool {
        let client = shared::http_client::builder()
            .unwrap()
            .no_proxy()
            .build()
            .unwrap();
        let mut retries = interval(Duration::from_millis(100));
        while self.child.try_wait().unwrap().is_none() {
            retries.tick().await;
            let response = client.get(format!("{}/models", self.url)).send().await;
            if response.is_ok_and(|response| response.status().is_success()) {
                return true;
            }
        }
        false
    }

    /// The address of its API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a signal, as `STOP`, to the process.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status().await;
        assert!(status.unwrap().success(), "{name}");
    }

    /// Kills the process without a shutdown.
    pub(crate) fn kill(&mut self) {
        self.child.start_kill().unwrap();
    }

    /// Waits until the process has exited.
    pub(crate) async fn wait_for_exit(&mut self) {
        self.child.wait().await.unwrap();
    }

    /// The server as an entry of `LLM_PROVIDERS`, with further fields in `more`. Its timeouts exceed the time of any
    /// test.
    pub(crate) fn entry(&self, name: &str, more: &str) -> String {
        format!(
            r#"{{"name": "{name}", "kind": "llamacpp", "base_url": "{}",
                "models": [{{"name": "{MODEL}", "context_tokens": {CONTEXT}}}],
                "timeouts": {{"connect_ms": 20000, "first_token_ms": 120000, "between_tokens_ms": 120000,
                              "total_ms": 300000}}{more}}}"#,
            self.url
        )
    }
}

/// The API at an address as the only entry of `LLM_PROVIDERS`, with the timeouts that a local server has.
pub(crate) fn only_provider(url: &str) -> String {
    format!(
        r#"[{{"name": "local", "kind": "llamacpp", "base_url": "{url}",
             "models": [{{"name": "{MODEL}", "context_tokens": {CONTEXT}}}]}}]"#
    )
}

/// An environment variable that the check sets.
fn variable(name: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the check passes the paths of its installation in the environment"
    )]
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run `bash .ci/run model`"))
}

/// Providers parsed from entries of `LLM_PROVIDERS`.
pub(crate) fn providers(entries: &[String]) -> Vec<Provider> {
    catalog::parse(&list(entries), &|_| None).unwrap()
}

fn list(entries: &[String]) -> String {
    format!("[{}]", entries.join(","))
}

/// A router that tries these providers in order.
pub(crate) fn router(entries: &[String]) -> Router {
    router_of(&list(entries))
}

/// A router with a value of `LLM_PROVIDERS`.
pub(crate) fn router_of(list: &str) -> Router {
    let settings = Settings {
        providers: catalog::parse(list, &|_| None).unwrap(),
        routing: Routing::Ordered,
        ..Settings::default()
    };
    Router::standalone(settings, Arc::new(Standalone))
}

/// Generates an answer; `progress` receives each step.
pub(crate) async fn write(
    router: &Router,
    prompt: &Prompt,
    on_interruption: OnInterruption,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> GenerateOutcome {
    let request = GenerateRequest {
        user: &UserId::anonymous(),
        model: &Model::Auto,
        prompt,
        deadline: Deadline::after(Duration::from_secs(600)),
        on_interruption,
        cancellation: &CancellationToken::new(),
        enough: &CancellationToken::new(),
    };
    let mut progress = |step| {
        progress(step);
        true
    };
    router.generate(request, &mut progress).await
}

/// The provider, outcome and HTTP status of each attempt.
pub(crate) fn calls(outcome: &GenerateOutcome) -> Vec<(&str, &str, Option<u16>)> {
    let attempts = outcome.attempts.iter();
    attempts
        .map(|attempt| {
            (
                attempt.provider.as_str(),
                attempt.outcome.as_str(),
                attempt.http_status,
            )
        })
        .collect()
}
