//! Where the functions' log lines go: the terminal, or memory for a test to read.

use std::io::Write;
use std::sync::{Arc, Mutex};

use console::{Color, Style};

use crate::tasks::lock;

/// What becomes of the lines that functions write to stdout and stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// Printed to stderr behind the function's name, in colour when stderr is a terminal.
    Terminal,
    /// Kept in memory, see [`Cloud::logs`](crate::Cloud::logs).
    Capture,
}

/// Takes lines from every function. Clones share the destination.
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

    /// Adds one line, with the function's name in front.
    pub(crate) fn line(&self, function: &str, line: &str) {
        match self.destination {
            Logs::Capture => lock(&self.captured).push(format!("{function} | {line}")),
            Logs::Terminal => {
                let name = Style::new().for_stderr().fg(colour(function)).apply_to(function);
                // Nothing can be done about a closed stderr, and it must not stop a function.
                let _ = writeln!(std::io::stderr().lock(), "{name} | {line}");
            }
        }
    }

    pub(crate) fn captured(&self) -> Vec<String> {
        lock(&self.captured).clone()
    }
}

/// The same colour for the same name, every time.
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
