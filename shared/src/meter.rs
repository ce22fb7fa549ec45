//! A meter of the DynamoDB capacity that one invocation consumes, as DynamoDB reports it.

use std::{cell::Cell, future::Future};

tokio::task_local! {
    static UNITS: Cell<Units>;
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

/// Runs `work` with a new meter, which starts at zero.
pub async fn metered<F: Future>(work: F) -> F::Output {
    UNITS.scope(Cell::default(), work).await
}

/// Adds units to the meter of the surrounding [`metered`] call. Does nothing outside of one.
pub fn add(units: Units) {
    let _ = UNITS.try_with(|meter| {
        let used = meter.get();
        meter.set(Units {
            read: used.read + units.read,
            write: used.write + units.write,
        });
    });
}

/// Returns the units used so far; zero outside of [`metered`].
pub fn used() -> Units {
    UNITS.try_with(Cell::get).unwrap_or_default()
}
