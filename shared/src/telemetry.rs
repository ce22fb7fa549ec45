//! What an invocation leaves in the log: one canonical line, JSON, with units in the names. Never a question, a document, a
//! key or a token.

use std::{error::Error, time::Duration};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{config::Config, meter::Units};

/// Starts logging, once per process, as the settings say. Libraries never say more than `info`: at `trace`, the Lambda
/// runtime and the AWS SDK write whole requests, and so questions and documents.
pub fn start(config: &Config) {
    let libraries = config.log_level.min(LevelFilter::INFO);
    let filter = Targets::new()
        .with_default(libraries)
        .with_target("shared", config.log_level);
    let lines = tracing_subscriber::fmt().with_max_level(config.log_level);
    // A second call, as in tests, changes nothing.
    let _ = if config.log_text {
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

/// What the canonical line says.
#[derive(Debug)]
pub struct Invocation<'a> {
    /// The id that the caller, the gateway and the log share.
    pub request_id: &'a str,
    /// The caller's trace (W3C Trace Context, `traceparent`), if it sent one.
    pub trace_id: Option<&'a str>,
    /// The HTTP method, or what started the function.
    pub method: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// From the start of the invocation to the response.
    pub took: Duration,
    /// What the stores used.
    pub units: Units,
    /// The failure with its causes.
    pub error: Option<&'a str>,
}

/// Writes the canonical line: failures of ours as errors, all else as information.
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

/// The trace id of a `traceparent` header: `00-{32 hexadecimal digits}-...` (<https://www.w3.org/TR/trace-context/>).
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let id = traceparent.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) && id.bytes().any(|b| b != b'0'))
        .then_some(id)
}

/// A failure with everything that caused it, outermost first.
pub fn source_chain(error: &impl Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_trace_is_taken_over() {
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
