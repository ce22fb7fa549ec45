//! A meter of what one invocation uses: DynamoDB capacity as DynamoDB reports it, and measures of an answer.

use std::{cell::RefCell, future::Future};

tokio::task_local! {
    static METER: RefCell<Used>;
}

/// DynamoDB request units. An eventually consistent read of up to 4 KB costs half a unit, a strongly consistent read one
/// unit, a write of up to 1 KB one unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
}

/// What an invocation used and measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Used {
    /// DynamoDB request units.
    pub units: Units,
    /// Values by the name of their field in the log line.
    pub measures: Vec<(&'static str, f64)>,
}

impl Used {
    /// Adds what another part of the same invocation used.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.units = self.units.and(more.units);
        self.measures.extend(more.measures);
        self
    }
}

impl Units {
    fn and(self, more: Self) -> Self {
        Self {
            read: self.read + more.read,
            write: self.write + more.write,
        }
    }
}

/// Runs `work` with a new meter, and returns what it used.
pub async fn metered<F: Future>(work: F) -> (F::Output, Used) {
    let metered = async { (work.await, METER.with(RefCell::take)) };
    METER.scope(RefCell::default(), metered).await
}

/// Adds units to the meter of the surrounding [`metered`] call. Does nothing outside of one.
pub fn add(units: Units) {
    let _ = METER.try_with(|meter| {
        let mut used = meter.borrow_mut();
        used.units = used.units.and(units);
    });
}

/// Adds a measure to the meter of the surrounding [`metered`] call. Does nothing outside of one.
pub fn measure(name: &'static str, value: f64) {
    let _ = METER.try_with(|meter| meter.borrow_mut().measures.push((name, value)));
}

/// Returns the units used so far; zero outside of [`metered`].
pub fn used() -> Units {
    METER.try_with(|meter| meter.borrow().units).unwrap_or_default()
}
