//! What the answers of a caller cost, day by day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Usage;

/// Answers and their cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Spent {
    /// How many answers were written.
    pub answers: u64,
    /// What they cost together.
    #[serde(flatten)]
    pub usage: Usage,
}

/// One day, from midnight to midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DayUsage {
    /// The day.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub date: Date,
    /// What was spent on it.
    #[serde(flatten)]
    pub spent: Spent,
}

/// The days of a period on which there were answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UsageReport {
    /// The first day that was asked for.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub from: Date,
    /// The last one.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub to: Date,
    /// Days with answers, the oldest first.
    pub days: Vec<DayUsage>,
    /// All of them together.
    pub total: Spent,
}

impl UsageReport {
    /// Adds the days up.
    pub fn new(from: Date, to: Date, days: Vec<DayUsage>) -> Self {
        let mut total = Spent::default();
        for DayUsage { spent, .. } in &days {
            total.answers += spent.answers;
            total.usage.input_tokens += spent.usage.input_tokens;
            total.usage.output_tokens += spent.usage.output_tokens;
            total.usage.cost_usd += spent.usage.cost_usd;
            total.usage.read_units += spent.usage.read_units;
            total.usage.write_units += spent.usage.write_units;
        }
        // Sums of floats end in noise; nobody bills less than a billionth of a dollar.
        total.usage.cost_usd = (total.usage.cost_usd * 1e9).round() / 1e9;
        Self {
            from,
            to,
            days,
            total,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_add_up_without_noise() {
        let day = |number, cost_usd| DayUsage {
            date: date(2026, 1, number),
            spent: Spent {
                answers: 2,
                usage: Usage {
                    input_tokens: 10,
                    cost_usd,
                    ..Usage::default()
                },
            },
        };
        let (from, to) = (date(2026, 1, 1), date(2026, 1, 31));
        let report = UsageReport::new(from, to, vec![day(1, 0.1), day(3, 0.2)]);
        assert_eq!((report.total.answers, report.total.usage.input_tokens), (4, 20));
        assert_eq!(report.total.usage.cost_usd, 0.3);
    }
}
