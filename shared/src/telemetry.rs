//! Structured logging: one canonical JSON line per invocation, with units in the field names.
//!
//! Questions, documents, keys and tokens are never logged.

use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::meter::Units;

/// The log level and format.
#[derive(Debug, Clone, Copy)]
pub struct LogSettings {
    /// The least severe level of this project's own log lines.
    pub level: LevelFilter,
    /// Whether lines are plain text instead of JSON.
    pub is_text: bool,
}

/// Installs the log subscriber, once per process. Libraries log at `info` at most: at `trace`, the Lambda runtime and the
/// AWS SDK log whole requests, and so questions and documents.
pub fn start(settings: impl Into<LogSettings>) {
    let LogSettings { level, is_text } = settings.into();
    let libraries = level.min(LevelFilter::INFO);
    let filter = Targets::new()
        .with_default(libraries)
        .with_target("shared", level);
    let lines = tracing_subscriber::fmt().with_max_level(level);
    // Tests call this repeatedly; later calls have no effect.
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
    /// The DynamoDB units used.
    pub units: Units,
    /// The error with its causes.
    pub error: Option<&'a str>,
}

/// Logs the canonical line: at `error` for a 5xx status, else at `info`.
pub fn log_invocation(invocation: &Invocation<'_>) {
    let Invocation {
        request_id,
        trace_id,
        method,
        status,
        took,
        units,
        error,
    } = invocation;
    let took_ms = took.as_millis() as u64;
    let (read_units, write_units) = (units.read, units.write);
    macro_rules! canonical_line {
        ($level:ident) => {
            tracing::$level!(
                request_id,
                trace_id,
                method,
                status,
                took_ms,
                read_units,
                write_units,
                error,
                "invocation"
            )
        };
    }
    if *status >= 500 {
        canonical_line!(error);
    } else {
        canonical_line!(info);
    }
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
