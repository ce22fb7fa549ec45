//! What an invocation leaves in the log: one canonical line, JSON, with units in the names. Never a question, a document, a
//! key or a token.

use std::{error::Error, time::Duration};

use tracing_subscriber::EnvFilter;

use crate::meter::Units;

/// Starts logging, once per process. `level` is a level or directives such as `info,shared=debug`; what does not parse
/// counts as `info`.
pub fn start(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .try_init();
}

/// What the canonical line says.
#[derive(Debug)]
pub struct Invocation<'a> {
    /// The id that the caller, the gateway and the log share.
    pub request_id: &'a str,
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
        method,
        status,
        took,
        units,
        error,
    } = invocation;
    let took_ms = took.as_millis() as u64;
    let (read_units, write_units) = (units.read, units.write);
    if *status >= 500 {
        tracing::error!(
            request_id,
            method,
            status,
            took_ms,
            read_units,
            write_units,
            error,
            "invocation"
        );
    } else {
        tracing::info!(
            request_id,
            method,
            status,
            took_ms,
            read_units,
            write_units,
            error,
            "invocation"
        );
    }
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
