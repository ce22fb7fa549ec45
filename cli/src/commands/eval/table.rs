//! The result table of an evaluation.

use std::{borrow::Cow, fmt};

use anstream::println;
use serde::Serialize;

/// One measure on one data set.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) set: &'static str,
    pub(super) measure: &'static str,
    /// The split of the set, the library or the kind of question.
    pub(super) part: Cow<'static, str>,
    /// The number of examples.
    pub(super) examples: usize,
    pub(super) value: f64,
    /// The number of examples that `value` is the share of, if that is worth reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<usize>,
    /// The share of refuted examples, if `value` is the share of supported ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refuted: Option<f64>,
    /// The value of the simplest known baseline.
    pub(super) floor: Option<f64>,
    /// The value to reach.
    pub(super) goal: Option<Goal>,
}

/// The value to reach: a lower or an upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtLeast(goal) => value >= goal,
            Self::AtMost(goal) => value <= goal,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(goal) => write!(formatter, ">= {goal:.3}"),
            Self::AtMost(goal) => write!(formatter, "<= {goal:.3}"),
        }
    }
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.goal {
            Some(goal) if goal.is_reached(self.value) => "reached",
            Some(_) => "missed",
            None => "",
        }
    }
}

/// Prints one line per measure.
pub(super) fn print(rows: &[Row]) {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
    println!(
        "{:<16} {:<34} {:<12} {:>8} {:>6} {:>8} {:>8} {:>7} {:>10}",
        "set", "measure", "part", "examples", "count", "value", "refuted", "floor", "goal"
    );
    for row in rows {
        let line = format!(
            "{:<16} {:<34} {:<12} {:>8} {:>6} {:>8} {:>8} {:>7} {:>10}  {}",
            row.set,
            row.measure,
            row.part,
            row.examples,
            row.count.map_or_else(String::new, |count| count.to_string()),
            number(Some(row.value)),
            number(row.refuted),
            number(row.floor),
            row.goal.map_or_else(String::new, |goal| goal.to_string()),
            row.verdict()
        );
        println!("{}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_a_lower_or_an_upper_bound() {
        assert!(Goal::AtLeast(0.5).is_reached(0.5) && !Goal::AtLeast(0.5).is_reached(0.4));
        assert!(Goal::AtMost(0.5).is_reached(0.5) && !Goal::AtMost(0.5).is_reached(0.6));
    }
}
