//! The table of an evaluation.

use anstream::println;
use serde::Serialize;

/// One measure of one set.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) set: &'static str,
    pub(super) measure: &'static str,
    /// Which part of the set.
    pub(super) part: &'static str,
    pub(super) examples: usize,
    pub(super) value: f64,
    /// What the simplest means that is known reaches.
    pub(super) floor: Option<f64>,
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

/// One line for each measure.
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
