//! One cell of the matrix: a prompt sent to a faulty provider in one wire format, and a description of the outcome.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    deadline::Deadline,
    domain::{Attempt, Model, OnInterruption, Progress, Prompt, UserId},
    error::HubError,
    http::Problem,
    llm::{Router, Settings, Standalone, catalog},
    ports::{GenerateRequest, Llm, LlmError, OpenCircuit, ProviderHealth, StoreError},
    testing::{Behaviour, ScriptedAnswer, ScriptedProvider, WireFormat},
};
use tokio_util::sync::CancellationToken;

use super::faults::Fault;

/// Timeout of a stalled stream, in milliseconds.
const TOKEN_TIMEOUT: u64 = 1_000;
/// Timeout of a stalled reply that is not streamed, in milliseconds.
const TOTAL_TIMEOUT: u64 = 2_000;
/// The deadline of a run.
const DEADLINE: Duration = Duration::from_secs(28);
/// The extra time that a busy machine may take.
const SLACK: Duration = Duration::from_secs(30);
/// The longest wait before a retry, in milliseconds, unless the provider names one.
const MAX_BACKOFF: u64 = 300;

/// The providers of a run, and what the caller allows after an interruption.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    /// A good provider follows; an interrupted answer stays incomplete.
    FailoverIncomplete,
    /// A good provider follows; an interrupted answer may restart.
    FailoverRestart,
    /// The faulty provider is the only one.
    Single,
}

/// A wire format, streamed or not, with a fault.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) format: WireFormat,
    pub(super) streamed: bool,
    pub(super) fault: Fault,
}

/// Records the open circuits that other containers would read.
#[derive(Default)]
struct RecordedCircuits(Mutex<Vec<OpenCircuit>>);

#[async_trait]
impl ProviderHealth for RecordedCircuits {
    async fn open_circuits(&self, _: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
        Ok(Vec::new())
    }

    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(circuit.clone());
        Ok(())
    }
}

/// Runs a cell in a setting. Returns its attempts, result, events, open circuits and cost, one on a line.
pub(super) async fn run(cell: Cell, setting: Setting) -> String {
    use Behaviour::{
        KeepAlivesFirst, StallAfterTokens, StallBeforeFirstToken, StallBeforeHeaders, ThoughtsAfterTokens,
        ThoughtsFirst,
    };

    let (faulty, good) = (
        ScriptedProvider::start().await.unwrap(),
        ScriptedProvider::start().await.unwrap(),
    );
    faulty.answer(ScriptedAnswer::new(["Größe ", "ist ", "漢字 ", "😀."]));
    good.answer(ScriptedAnswer::new(["Good ", "answer."]));
    let url = match cell.fault {
        Fault::Behaves(behaviour) => {
            faulty.behave([behaviour]);
            faulty.url(cell.format)
        }
        Fault::Refuses => faulty.refused_url(cell.format).unwrap(),
        Fault::SpeaksNoTls => faulty.tls_url(cell.format),
    };
    let kind = format!("{:?}", cell.format).to_lowercase();
    let provider = |name: &str, url: &str, timeouts: &str| {
        format!(
            r#"{{"name": "{name}", "kind": "{kind}", "base_url": "{url}", "key": "env:KEY", "stream": {},
                "tier": "paid", "timeouts": {timeouts}, "models": [{{"name": "{}", "input_usd_per_million": 1000,
                "output_usd_per_million": 2000, "context_tokens": {}}}]}}"#,
            cell.streamed,
            ScriptedProvider::MODEL,
            // The good provider has the larger context, so that it can take a prompt that was too long.
            if name == "good" { 100_000 } else { 50_000 },
        )
    };
    let timeouts = match cell.fault {
        Fault::Behaves(StallBeforeHeaders | StallBeforeFirstToken | StallAfterTokens(_))
            if !cell.streamed =>
        {
            format!(r#"{{"total_ms": {TOTAL_TIMEOUT}}}"#)
        }
        Fault::Behaves(StallBeforeHeaders | StallBeforeFirstToken) => {
            format!(r#"{{"first_token_ms": {TOKEN_TIMEOUT}}}"#)
        }
        Fault::Behaves(ThoughtsFirst | ThoughtsAfterTokens(_) | KeepAlivesFirst) => {
            format!(r#"{{"first_token_ms": {TOKEN_TIMEOUT}, "between_tokens_ms": {TOKEN_TIMEOUT}}}"#)
        }
        Fault::Behaves(StallAfterTokens(_)) => format!(r#"{{"between_tokens_ms": {TOKEN_TIMEOUT}}}"#),
        _ => "{}".to_owned(),
    };
    let mut providers = vec![provider("faulty", &url, &timeouts)];
    if !matches!(setting, Setting::Single) {
        providers.push(provider("good", &good.url(cell.format), "{}"));
    }
    let key = |name: &str| (name == "KEY").then(|| ScriptedProvider::KEY.to_owned());
    let settings = Settings {
        providers: catalog::parse(&format!("[{}]", providers.join(",")), &key).unwrap(),
        routing: shared::llm::routing::Routing::Ordered,
        ..Settings::default()
    };
    let recorded = Arc::new(RecordedCircuits::default());
    let router = Router::new(
        settings,
        recorded.clone(),
        Arc::new(Standalone),
        Arc::new(Standalone),
    );

    let prompt = Prompt::new("Rules.", "A question?", 64);
    let mut events: Vec<Progress> = Vec::new();
    // Providers cut texts into deltas as they like: adjacent ones are joined.
    let mut progress = |event: Progress| {
        match event {
            Progress::Delta(text) => match events.last_mut() {
                Some(Progress::Delta(before)) => before.push_str(&text),
                _ => events.push(Progress::Delta(text)),
            },
            Progress::Restart => events.push(Progress::Restart),
            Progress::Attempt(_) => {}
        }
        true
    };
    let started = Instant::now();
    let request = GenerateRequest {
        user: &UserId::anonymous(),
        model: &Model::Auto,
        prompt: &prompt,
        deadline: Deadline::after(DEADLINE),
        on_interruption: match setting {
            Setting::FailoverIncomplete => OnInterruption::Incomplete,
            Setting::FailoverRestart | Setting::Single => OnInterruption::Restart,
        },
        cancellation: &CancellationToken::new(),
        enough: &CancellationToken::new(),
    };
    let outcome = router.generate(request, &mut progress).await;
    let took = started.elapsed();

    let max_time = max_time(&outcome.attempts);
    assert!(
        took < max_time + SLACK,
        "{took:?} for at most {max_time:?}: {:?}",
        outcome.attempts
    );
    let described = format!("{:?}", outcome.attempts);
    for secret in [
        ScriptedProvider::KEY,
        ScriptedProvider::FAILURE_WORDS,
        "A question?",
    ] {
        assert!(
            !described.contains(secret),
            "attempts repeat `{secret}`: {described}"
        );
    }

    let mut text = String::new();
    for attempt in &outcome.attempts {
        let _ = writeln!(text, "    attempt   {}", describe_attempt(attempt));
    }
    let _ = match &outcome.result {
        Ok(completion) => writeln!(
            text,
            "    caller    200, answer of {}: {}",
            completion.provider,
            quoted(&completion.text)
        ),
        Err(LlmError::Incomplete { text: partial }) => {
            writeln!(text, "    caller    incomplete: {}", quoted(partial))
        }
        Err(error) => {
            let status = Problem::new(&HubError::from(error.clone()), "/queries", "r").status;
            writeln!(text, "    caller    {status}, {error}")
        }
    };
    let _ = writeln!(
        text,
        "    events    {}",
        events.iter().map(describe_event).collect::<Vec<_>>().join(", ")
    );
    for circuit in recorded.0.lock().unwrap().iter() {
        let seconds = circuit.until.duration_since(Timestamp::now()).as_secs_f64();
        // Rounded to ten seconds: a date has no fractions of a second, and some time has passed.
        let seconds = (seconds / 10.0).round() as u64 * 10;
        let _ = writeln!(
            text,
            "    breaker   {} open for {seconds} s: {}",
            circuit.provider, circuit.reason
        );
    }
    let cost: f64 = outcome.attempts.iter().map(|attempt| attempt.cost_usd).sum();
    let upstream = (faulty.take_requests().len(), good.take_requests().len());
    assert!(upstream.0 <= 2 && upstream.1 <= 1, "{upstream:?} calls");
    let _ = writeln!(
        text,
        "    cost      {cost:.3} USD, {} + {} upstream calls, at most {} ms",
        upstream.0,
        upstream.1,
        max_time.as_millis()
    );
    text
}

/// The longest that the attempts may take: their timeouts, and the waits before retries of the same provider.
fn max_time(attempts: &[Attempt]) -> Duration {
    let timeouts = attempts.iter().map(|attempt| match attempt.outcome.as_str() {
        "first_token_timeout" | "stalled" => TOKEN_TIMEOUT,
        "timed_out" => TOTAL_TIMEOUT,
        _ => 0,
    });
    let mut attempts_of: BTreeMap<&str, u64> = BTreeMap::new();
    for attempt in attempts {
        *attempts_of.entry(&attempt.provider).or_default() += 1;
    }
    let waited = attempts.iter().any(|attempt| attempt.outcome == "rate_limited");
    let wait = if waited { 1_000 } else { MAX_BACKOFF };
    let waits = attempts_of.values().map(|count| (count - 1) * wait);
    Duration::from_millis(timeouts.chain(waits).sum())
}

/// One event: a delta with its text, a restart or an attempt.
fn describe_event(event: &Progress) -> String {
    match event {
        Progress::Delta(text) => format!("delta {}", quoted(text)),
        Progress::Restart => "restart".to_owned(),
        Progress::Attempt(_) => "attempt".to_owned(),
    }
}

/// An attempt without the provider's own error code, so that formats compare.
fn describe_attempt(attempt: &Attempt) -> String {
    let Attempt {
        provider,
        outcome,
        input_tokens,
        output_tokens,
        ..
    } = attempt;
    let status = attempt
        .http_status
        .map_or("-".to_owned(), |status| status.to_string());
    let reason = attempt.reason.as_deref().unwrap_or_default();
    let reason = if reason.starts_with("status ") { "" } else { reason };
    let colon = if reason.is_empty() { "" } else { ": " };
    format!("{provider} {outcome} {status} {input_tokens}+{output_tokens} tokens{colon}{reason}")
}

/// A short text in quotes, or the length of a long one.
fn quoted(text: &str) -> String {
    if text.chars().count() <= 60 {
        return format!("{text:?}");
    }
    format!("{} characters", text.chars().count())
}
