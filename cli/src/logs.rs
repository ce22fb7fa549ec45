//! Log sink for the functions' output: the terminal, or memory for tests.

use std::io::Write;
use std::sync::{Arc, Mutex};

use console::{Color, Style};

use crate::tasks::lock;

/// The destination of the lines that functions write to stdout and stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// Standard error, prefixed with the function's name; coloured when it is a terminal.
    Terminal,
    /// Memory, readable with [`Cloud::logs`](crate::Cloud::logs).
    Capture,
}

/// Receives the log lines of all functions. Clones share the destination.
#[derive(Clone, Debug)]
pub(crate) struct LogSink {
    destination: Logs,
    captured: Arc<Mutex<Vec<String>>>,
}

impl LogSink {
    pub(crate) fn new(destination: Logs) -> Self {
        Self {
            destination,
            captured: Arc::default(),
        }
    }

    /// Writes one line, prefixed with the function's name.
    pub(crate) fn line(&self, function: &str, line: &str) {
        match self.destination {
            Logs::Capture => lock(&self.captured).push(format!("{function} | {line}")),
            Logs::Terminal => {
                let name = Style::new().for_stderr().fg(colour(function)).apply_to(function);
                // A closed stderr must not stop a function.
                let _ = writeln!(std::io::stderr().lock(), "{name} | {line}");
            }
        }
    }

    /// The lines captured so far; none with [`Logs::Terminal`].
    pub(crate) fn captured(&self) -> Vec<String> {
        lock(&self.captured).clone()
    }
}

/// A colour derived from the function's name.
fn colour(function: &str) -> Color {
    const COLOURS: [Color; 6] = [
        Color::Cyan,
        Color::Green,
        Color::Yellow,
        Color::Magenta,
        Color::Blue,
        Color::Red,
    ];
    let sum = function.bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    COLOURS[sum % COLOURS.len()]
}
