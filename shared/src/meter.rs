//! Counts the DynamoDB units of one invocation, as DynamoDB reports them.

use std::{cell::Cell, future::Future};

tokio::task_local! {
    static UNITS: Cell<Units>;
}

/// Request units: a read of up to 4 KB costs half a unit, a consistent one a whole, a write of 1 KB one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
}

/// Runs `work`, in which what the stores use is counted from zero.
pub async fn metered<F: Future>(work: F) -> F::Output {
    UNITS.scope(Cell::default(), work).await
}

/// Adds to the count of the surrounding [`metered`]; without one, nothing is counted.
pub fn add(units: Units) {
    let _ = UNITS.try_with(|count| {
        let so_far = count.get();
        count.set(Units {
            read: so_far.read + units.read,
            write: so_far.write + units.write,
        });
    });
}

/// The count so far.
pub fn used() -> Units {
    UNITS.try_with(Cell::get).unwrap_or_default()
}
