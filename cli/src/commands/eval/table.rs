//! The result table of an evaluation.

use anstream::println;
use serde::Serialize;

/// One measure on one data set.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) set: &'static str,
    pub(super) measure: &'static str,
    /// The split of the set.
    pub(super) part: &'static str,
    /// The number of examples.
    pub(super) examples: usize,
    pub(super) value: f64,
    /// The value of the simplest known baseline.
    pub(super) floor: Option<f64>,
    /// The value to reach.
    pub(super) goal: Option<f64>,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.goal {
            Some(goal) if self.value >= goal => "reached",
            Some(_) => "missed",
            None => "",
        }
    }
}

/// Prints one line per measure.
pub(super) fn print(rows: &[Row]) {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
    println!(
        "{:<16} {:<28} {:<9} {:>8} {:>8} {:>7} {:>7}",
        "set", "measure", "part", "examples", "value", "floor", "goal"
    );
    for row in rows {
        println!(
            "{:<16} {:<28} {:<9} {:>8} {:>8} {:>7} {:>7}  {}",
            row.set,
            row.measure,
            row.part,
            row.examples,
            number(Some(row.value)),
            number(row.floor),
            number(row.goal),
            row.verdict()
        );
    }
}
