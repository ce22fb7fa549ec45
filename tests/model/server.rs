//! A server with a real model, and a router that calls it.

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

/// The name that the server gives its model.
pub(crate) const MODEL: &str = "smollm2";
/// The tokens that it can read and write together.
pub(crate) const CONTEXT: usize = 8_192;
/// Reading the file of the model takes a second or two; a busy machine takes longer.
const START: Duration = Duration::from_secs(120);

/// `python -m llama_cpp.server` on a free port. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Returns once the model is loaded.
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
            // Otherwise any second request ends the stream of the first one, with a bare `[DONE]`.
            .args(["--interrupt_requests", "false"])
            // Otherwise the scores of every token of the context are kept: 1.6 GB.
            .args(["--logits_all", "false"])
            // Otherwise the server punishes repetition, which no client of OpenAI's asks for.
            .args(["--last_n_tokens_size", "0"])
            // Threads that spin for each other are several times slower on cores that others use too.
            .args([
                "--flash_attn",
                "true",
                "--n_threads",
                "1",
                "--n_threads_batch",
                "2",
            ])
            .args(["--verbose", "false"])
            // It takes any of its settings from the environment too, before those named here.
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
        let answers = timeout(START, server.answers()).await;
        assert!(answers == Ok(true), "it does not start: see {}", log.display());
        // Kept where it fails only: it may hold what the server was asked.
        fs::remove_file(log).unwrap();
        server
    }

    /// Waits until it answers; `false` when it ends instead.
    async fn answers(&mut self) -> bool {
        let client = shared::http_client::builder()
            .unwrap()
            .no_proxy()
            .build()
            .unwrap();
        let mut tries = interval(Duration::from_millis(100));
        while self.child.try_wait().unwrap().is_none() {
            tries.tick().await;
            let response = client.get(format!("{}/models", self.url)).send().await;
            if response.is_ok_and(|response| response.status().is_success()) {
                return true;
            }
        }
        false
    }

    /// Kills it as a machine that is switched off would.
    pub(crate) fn kill(&mut self) {
        self.child.start_kill().unwrap();
    }

    /// Waits until it is gone.
    pub(crate) async fn is_gone(&mut self) {
        self.child.wait().await.unwrap();
    }

    /// The entry of `LLM_PROVIDERS` for it. `more` holds further fields. It is waited for longer than any test takes.
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

/// What the check says.
fn variable(name: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "this names what the check has installed"
    )]
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run `bash .ci/run model`"))
}

/// Providers from their entries.
pub(crate) fn providers(entries: &[String]) -> Vec<Provider> {
    catalog::parse(&format!("[{}]", entries.join(",")), &|_| None).unwrap()
}

/// A router over these providers, in their order.
pub(crate) fn router(entries: &[String]) -> Router {
    let settings = Settings {
        providers: providers(entries),
        routing: Routing::Ordered,
        ..Settings::default()
    };
    Router::new(
        settings,
        Arc::new(Standalone),
        Arc::new(Standalone),
        Arc::new(Standalone),
    )
}

/// Has a text written, telling `progress` of each step.
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
    };
    let mut progress = |step| {
        progress(step);
        true
    };
    router.generate(request, &mut progress).await
}

/// Each call: the provider, its outcome and its HTTP status.
pub(crate) fn calls(generated: &GenerateOutcome) -> Vec<(&str, &str, Option<u16>)> {
    let attempts = generated.attempts.iter();
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
