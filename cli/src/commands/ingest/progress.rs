//! How far an ingestion is: a bar on a terminal, a line now and then elsewhere. Both on stderr.

use std::{
    cell::Cell,
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use anstream::eprintln;
use indicatif::{ProgressBar, ProgressStyle};

/// The time between two lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// The progress of a command.
#[derive(Debug)]
pub(super) struct Progress {
    /// Hidden without a terminal.
    bar: ProgressBar,
    printed: Cell<Instant>,
    is_terminal: bool,
}

impl Progress {
    /// The progress of this many documents.
    pub(super) fn new(documents: usize) -> Self {
        let bar = ProgressBar::new(documents as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} [{elapsed}, {eta} left]")
        {
            bar.set_style(style);
        }
        Self {
            bar,
            printed: Cell::new(Instant::now()),
            is_terminal: stderr().is_terminal(),
        }
    }

    /// One more document is done.
    pub(super) fn advance(&self) {
        self.bar.inc(1);
        self.line();
    }

    /// This many of this many documents are done.
    pub(super) fn set(&self, done: u64, all: u64, message: &str) {
        self.bar.set_length(all);
        self.bar.set_position(done);
        self.bar.set_message(message.to_owned());
        self.line();
    }

    /// Prints something above the bar.
    pub(super) fn suspend(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self) {
        if !self.is_terminal && self.printed.get().elapsed() >= INTERVAL {
            self.printed.set(Instant::now());
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
            eprintln!("{done} of {all} done");
        }
    }
}
