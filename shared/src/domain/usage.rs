//! Cost of answers, per answer and per day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Cost of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Usage {
    /// Number of input tokens of models.
    pub input_tokens: u64,
    /// Number of output tokens of models.
    pub output_tokens: u64,
    /// Cost of models in US dollars.
    pub cost_usd: f64,
    /// DynamoDB read request units, as DynamoDB reported them.
    pub read_units: f64,
    /// DynamoDB write request units of storing the answer, estimated from its size.
    pub write_units: f64,
}

/// Number and total cost of answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Spent {
    /// Number of answers.
    pub answers: u64,
    /// Total cost.
    #[serde(flatten)]
    pub usage: Usage,
}

impl Spent {
    /// Adds the number and cost of further answers.
    pub fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.usage.input_tokens += other.usage.input_tokens;
        self.usage.output_tokens += other.usage.output_tokens;
        self.usage.cost_usd += other.usage.cost_usd;
        self.usage.read_units += other.usage.read_units;
        self.usage.write_units += other.usage.write_units;
    }
}

/// Usage of one day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DayUsage {
    /// The day, UTC.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub date: Date,
    /// Number and cost of the answers of the day.
    #[serde(flatten)]
    pub spent: Spent,
}

/// Usage report of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UsageReport {
    /// First day of the period.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub from: Date,
    /// Last day of the period, inclusive.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date")))]
    pub to: Date,
    /// Days with answers, oldest first.
    pub days: Vec<DayUsage>,
    /// Total of all days.
    pub total: Spent,
}

impl UsageReport {
    /// Creates a report and sums up its days.
    pub fn new(from: Date, to: Date, days: Vec<DayUsage>) -> Self {
        let mut total = Spent::default();
        for DayUsage { spent, .. } in &days {
            total.add(spent);
        }
        // Rounds to nanodollars: floating-point sums accumulate noise below that.
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
    fn days_add_up_without_rounding_noise() {
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
