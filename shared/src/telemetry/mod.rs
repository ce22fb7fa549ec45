//! Structured logging: one canonical JSON line per invocation, with units in the field names, and metrics in it.
//!
//! Questions, documents, keys and tokens are never logged.

mod line;
mod metrics;
mod settings;

use std::time::Duration;

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use self::settings::SETTINGS;
pub use self::{
    line::Line,
    metrics::{ALL, ANSWERS, CHECKS, MODEL_CALLS, MetricSet, STATUSES},
    settings::LogSettings,
};
use crate::meter::Used;

/// Installs the log subscriber, once per process. Libraries log at `info` at most: at `trace`, the Lambda runtime and the
/// AWS SDK log whole requests, and so questions and documents.
pub fn start(settings: impl Into<LogSettings>) {
    let settings = settings.into();
    let LogSettings { level, is_text, .. } = settings;
    // Tests call this repeatedly; later calls have no effect.
    let _ = SETTINGS.set(settings);
    let libraries = level.min(LevelFilter::INFO);
    let filter = Targets::new()
        .with_default(libraries)
        .with_target("shared", level);
    let lines = tracing_subscriber::fmt().with_max_level(level);
    let _ = if is_text {
        let lines = lines.compact().with_ansi(false).with_target(false).without_time();
        lines.finish().with(filter).try_init()
    } else {
        let lines = lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false);
        lines.finish().with(filter).try_init()
    };
}

/// The fields of the canonical log line.
#[derive(Debug)]
pub struct Invocation<'a> {
    /// The request ID, shared by the caller, API Gateway and the log.
    pub request_id: &'a str,
    /// The trace ID of the caller's `traceparent` header (W3C Trace Context).
    pub trace_id: Option<&'a str>,
    /// The HTTP method, or the trigger of the function.
    pub method: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// The time from the start of the invocation to the response.
    pub took: Duration,
    /// What the invocation used and measured.
    pub used: &'a Used,
    /// The error with its causes.
    pub error: Option<&'a str>,
}

/// Logs the canonical line: at `error` for a 5xx status, else at `info`. If the invocation measured an answer, the line has
/// its metrics.
pub fn log_invocation(invocation: &Invocation<'_>) {
    let Used { units, measures } = invocation.used;
    let is_failure = invocation.status >= 500;
    let level = if is_failure { Level::ERROR } else { Level::INFO };
    let line = Line::new(level, "invocation")
        .field("request_id", invocation.request_id)
        .field("trace_id", invocation.trace_id)
        .field("method", invocation.method)
        .field("status", invocation.status)
        .field("took_ms", invocation.took.as_millis() as u64)
        .field("read_units", units.read)
        .field("write_units", units.write)
        .field("error", invocation.error);
    if measures.is_empty() {
        return line.write(&[]);
    }
    let line = line
        .field(
            "function",
            SETTINGS.get().map(|settings| settings.function.as_str()),
        )
        .field("status_class", format!("{}xx", invocation.status / 100));
    let measured = measures.iter();
    let line = measured.fold(line, |line, (name, value)| line.field(name, *value));
    line.write(&[ANSWERS, STATUSES]);
}

/// Returns the trace ID of a `traceparent` header: `00-{32 hexadecimal digits}-...`
/// (<https://www.w3.org/TR/trace-context/>). `None` when it is malformed or all zeros.
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let id = traceparent.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) && id.bytes().any(|b| b != b'0'))
        .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_trace_id_is_accepted() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        assert_eq!(
            trace_id("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
            None
        );
        assert_eq!(trace_id("a question"), None);
        assert_eq!(trace_id("00-x y-1"), None);
    }
}
