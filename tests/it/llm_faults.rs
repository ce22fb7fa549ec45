//! Every wire format against every fault of a provider: the real client over real connections. The golden file
//! `snapshots/it__llm_faults__formats_and_faults.snap` says what becomes of each; cells that end alike share an entry.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use shared::{
    deadline::Deadline,
    domain::{Attempt, Model, OnInterruption, Progress, Prompt, UserId},
    error::HubError,
    http::Problem,
    llm::{Router, Settings, Standalone, catalog},
    ports::{GenerateRequest, Llm, LlmError, OpenCircuit, ProviderHealth, StoreError},
    testing::{Behaviour, RetryAfter, ScriptedAnswer, ScriptedProvider, WireFormat},
};

/// How long a stalled stream is waited for, and a stalled reply that is no stream, in milliseconds.
const SILENCE: u64 = 1_000;
const TOTAL: u64 = 2_000;
/// What a run may take; all that should not time out has that long.
const DEADLINE: Duration = Duration::from_secs(28);
/// What a busy machine may add to a run.
const SLACK: Duration = Duration::from_secs(10);
/// The wait before a second try is at most this, unless the provider names one.
const BACKOFF: u64 = 300;
const CELLS_AT_ONCE: usize = 6;

/// What is wrong with the faulty provider.
#[derive(Clone, Copy)]
enum Fault {
    Behaves(Behaviour),
    Refuses,
    SpeaksNoTls,
}

fn faults() -> Vec<(&'static str, Fault)> {
    use Behaviour::*;
    let mut faults: Vec<(&'static str, Behaviour)> = vec![
        ("401", Status(401)),
        ("402", Status(402)),
        ("403", Status(403)),
        ("404", Status(404)),
        ("408", Status(408)),
        ("413", Status(413)),
        ("422", Status(422)),
        ("400, context length", ContextLengthExceeded),
        ("quota used up", InsufficientQuota),
        ("429, no wait named", Status(429)),
        ("429, Retry-After 1 s", RateLimited(RetryAfter::Seconds(1))),
        ("429, Retry-After 120 s", RateLimited(RetryAfter::Seconds(120))),
        (
            "429, Retry-After a date 120 s away",
            RateLimited(RetryAfter::Date(120)),
        ),
        ("429, retry-after-ms 200", RateLimited(RetryAfter::Millis(200))),
        ("429, Retry-After absurd", RateLimited(RetryAfter::Absurd)),
        ("500", Status(500)),
        ("502", Status(502)),
        ("503", Status(503)),
        ("504", Status(504)),
        ("529", Status(529)),
        ("reset before the headers", ResetBeforeHeaders),
        ("reset before the first token", ResetBeforeFirstToken),
        ("reset after 2 tokens", ResetAfterTokens(2)),
        ("stall before the headers", StallBeforeHeaders),
        ("stall before the first token", StallBeforeFirstToken),
        ("stall after 2 tokens", StallAfterTokens(2)),
        ("in-band error first", InBandErrorFirst),
        ("in-band error after 2 tokens", InBandErrorAfterTokens(2)),
        ("end without a finish reason", EndWithoutFinish),
        ("malformed JSON", MalformedJson),
        ("HTML with 200", HtmlWith200),
        ("a line of 5 MB", HugeLine),
        ("a gzip bomb", GzipBomb),
        ("deep nesting", DeepNesting),
        ("no content", EmptyContent),
        ("UTF-8 cut across chunks", Utf8CutAcrossChunks),
        ("CR line ends", CrLineEnds),
        ("CRLF line ends", CrlfLineEnds),
        ("comments", Comments),
        ("multi-line data", MultiLineData),
        ("a BOM", Bom),
    ];
    let mut all: Vec<(&str, Fault)> = faults
        .drain(..)
        .map(|(name, how)| (name, Fault::Behaves(how)))
        .collect();
    all.push(("connection refused", Fault::Refuses));
    all.push(("TLS failure", Fault::SpeaksNoTls));
    all
}

/// Which providers there are, and what the caller allows.
#[derive(Clone, Copy)]
enum Setting {
    /// Another one follows; a broken answer ends as it is.
    ThenIncomplete,
    /// Another one follows; a broken answer may begin anew.
    ThenRestart,
    /// There is no other.
    Alone,
}

#[derive(Clone, Copy)]
struct Cell {
    format: WireFormat,
    streamed: bool,
    fault: Fault,
}

/// What becomes of a fault, each with the cells that end so.
type Ends = Vec<(String, Vec<Cell>)>;

#[tokio::test(flavor = "multi_thread")]
async fn formats_and_faults() {
    let cells = faults().into_iter().flat_map(|(name, fault)| {
        let of = move |format, streamed| {
            (
                name,
                Cell {
                    format,
                    streamed,
                    fault,
                },
            )
        };
        WireFormat::ALL
            .into_iter()
            .flat_map(move |format| [of(format, true), of(format, false)])
    });
    let mut ends = stream::iter(cells)
        .map(|(name, cell)| async move { (name, cell, end(cell).await) })
        .buffered(CELLS_AT_ONCE);
    // By fault, in order; then by end.
    let mut golden: Vec<(&str, Ends)> = Vec::new();
    while let Some((name, cell, end)) = ends.next().await {
        if golden.last().is_none_or(|(last, _)| *last != name) {
            golden.push((name, Vec::new()));
        }
        let alike = &mut golden.last_mut().unwrap().1;
        match alike.iter_mut().find(|(known, _)| *known == end) {
            Some((_, cells)) => cells.push(cell),
            None => alike.push((end, vec![cell])),
        }
    }
    let mut text = String::new();
    for (name, alike) in golden {
        let _ = writeln!(text, "# {name}\n");
        for (end, cells) in alike {
            let _ = writeln!(text, "{}\n{end}", names(&cells));
        }
    }
    insta::assert_snapshot!(text);
}

/// `OpenAi, Gemini streamed; all whole`
fn names(cells: &[Cell]) -> String {
    let of = |streamed: bool, word: &str| {
        let formats: Vec<String> = cells
            .iter()
            .filter(|cell| cell.streamed == streamed)
            .map(|cell| format!("{:?}", cell.format))
            .collect();
        match formats.len() {
            0 => None,
            4 => Some(format!("all formats {word}")),
            _ => Some(format!("{} {word}", formats.join(", "))),
        }
    };
    let parts: Vec<String> = [of(true, "streamed"), of(false, "whole")]
        .into_iter()
        .flatten()
        .collect();
    format!("{}:", parts.join("; "))
}

async fn end(cell: Cell) -> String {
    let (incomplete, restart, alone) = futures::join!(
        run(cell, Setting::ThenIncomplete),
        run(cell, Setting::ThenRestart),
        run(cell, Setting::Alone)
    );
    let mut text = String::new();
    if incomplete == restart {
        let _ = write!(text, "  with another provider\n{incomplete}");
    } else {
        let _ = write!(
            text,
            "  with another provider\n{incomplete}  with another provider, restart allowed\n{restart}"
        );
    }
    let _ = write!(text, "  alone\n{alone}");
    text
}

/// Notes what is told to other containers.
#[derive(Default)]
struct RecordedCircuits(Mutex<Vec<OpenCircuit>>);

#[async_trait]
impl ProviderHealth for RecordedCircuits {
    async fn open_circuits(&self, _: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
        Ok(Vec::new())
    }

    async fn record_open_circuit(&self, open_circuits: &OpenCircuit) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(open_circuits.clone());
        Ok(())
    }
}

async fn run(cell: Cell, setting: Setting) -> String {
    use Behaviour::{StallAfterTokens, StallBeforeFirstToken, StallBeforeHeaders};

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
            // The good one reads more, so that it can help where the prompt was too long.
            if name == "good" { 100_000 } else { 50_000 },
        )
    };
    let timeouts = match cell.fault {
        Fault::Behaves(StallBeforeHeaders | StallBeforeFirstToken | StallAfterTokens(_))
            if !cell.streamed =>
        {
            format!(r#"{{"total_ms": {TOTAL}}}"#)
        }
        Fault::Behaves(StallBeforeHeaders | StallBeforeFirstToken) => {
            format!(r#"{{"first_token_ms": {SILENCE}}}"#)
        }
        Fault::Behaves(StallAfterTokens(_)) => format!(r#"{{"between_tokens_ms": {SILENCE}}}"#),
        _ => "{}".to_owned(),
    };
    let mut providers = vec![provider("faulty", &url, &timeouts)];
    if !matches!(setting, Setting::Alone) {
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
    // Where a text is cut into deltas is the provider's affair.
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
            Setting::ThenIncomplete => OnInterruption::Incomplete,
            Setting::ThenRestart | Setting::Alone => OnInterruption::Restart,
        },
        cancellation: &CancellationToken::new(),
    };
    let generated = router.generate(request, &mut progress).await;
    let took = started.elapsed();

    let bound = bound(&generated.attempts);
    assert!(
        took < bound + SLACK,
        "{took:?} for at most {bound:?}: {:?}",
        generated.attempts
    );
    let said = format!("{:?}", generated.attempts);
    for secret in [
        ScriptedProvider::KEY,
        ScriptedProvider::FAILURE_WORDS,
        "A question?",
    ] {
        assert!(!said.contains(secret), "attempts repeat `{secret}`: {said}");
    }

    let mut text = String::new();
    for attempt in &generated.attempts {
        let _ = writeln!(text, "    attempt   {}", shown(attempt));
    }
    let _ = match &generated.result {
        Ok(completion) => writeln!(
            text,
            "    caller    200, answer of {}: {}",
            completion.provider,
            short(&completion.text)
        ),
        Err(LlmError::Incomplete { text: part }) => {
            writeln!(text, "    caller    incomplete: {}", short(part))
        }
        Err(error) => {
            let status = Problem::new(&HubError::from(error.clone()), "/queries", "r").status;
            writeln!(text, "    caller    {status}, {error}")
        }
    };
    let _ = writeln!(
        text,
        "    events    {}",
        events.iter().map(told_event).collect::<Vec<_>>().join(", ")
    );
    for open_circuits in recorded.0.lock().unwrap().iter() {
        let seconds = open_circuits.until.duration_since(Timestamp::now()).as_secs_f64();
        // A date has no fractions of a second, and some time has passed: to the nearest ten seconds.
        let seconds = (seconds / 10.0).round() as u64 * 10;
        let _ = writeln!(
            text,
            "    breaker   {} rests {seconds} s: {}",
            open_circuits.provider, open_circuits.reason
        );
    }
    let cost: f64 = generated.attempts.iter().map(|attempt| attempt.cost_usd).sum();
    let upstream = (faulty.take_requests().len(), good.take_requests().len());
    assert!(upstream.0 <= 2 && upstream.1 <= 1, "{upstream:?} calls");
    let _ = writeln!(
        text,
        "    cost      {cost:.3} USD, {} + {} upstream calls, at most {} ms",
        upstream.0,
        upstream.1,
        bound.as_millis()
    );
    text
}

/// What the attempts may take together: their timeouts, and the waits between two tries of the same provider.
fn bound(attempts: &[Attempt]) -> Duration {
    let timeouts = attempts.iter().map(|attempt| match attempt.outcome.as_str() {
        "first_token_timeout" | "stalled" => SILENCE,
        "timed_out" => TOTAL,
        _ => 0,
    });
    let mut tries: BTreeMap<&str, u64> = BTreeMap::new();
    for attempt in attempts {
        *tries.entry(&attempt.provider).or_default() += 1;
    }
    let waited = attempts.iter().any(|attempt| attempt.outcome == "rate_limited");
    let wait = if waited { 1_000 } else { BACKOFF };
    let waits = tries.values().map(|tries| (tries - 1) * wait);
    Duration::from_millis(timeouts.chain(waits).sum())
}

fn told_event(event: &Progress) -> String {
    match event {
        Progress::Delta(text) => format!("delta {}", short(text)),
        Progress::Restart => "restart".to_owned(),
        Progress::Attempt(_) => "attempt".to_owned(),
    }
}

/// The provider's own code of a failure is left out, so that formats compare.
fn shown(attempt: &Attempt) -> String {
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

fn short(text: &str) -> String {
    if text.chars().count() <= 60 {
        return format!("{text:?}");
    }
    format!("{} characters", text.chars().count())
}
