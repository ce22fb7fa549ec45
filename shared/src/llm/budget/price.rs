//! Model prices, and costs in billionths of a US dollar (nanodollars).

use crate::domain::Tokens;

/// Nanodollars in one US dollar.
const NANO: f64 = 1e9;

/// The price of a model's tokens, in US dollars per million.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Per million input tokens.
    input: f64,
    /// Per million output tokens.
    output: f64,
}

impl Price {
    /// A price of zero.
    pub const FREE: Self = Self {
        input: 0.0,
        output: 0.0,
    };

    /// Creates a price from US dollars per million input and output tokens; `None` unless both are 0 to 100,000.
    pub fn per_million(input: f64, output: f64) -> Option<Self> {
        let is_in_range = |price: f64| (0.0..=100_000.0).contains(&price);
        (is_in_range(input) && is_in_range(output)).then_some(Self { input, output })
    }

    /// Returns whether the price is zero.
    pub fn is_free(self) -> bool {
        self == Self::FREE
    }

    /// Returns the cost of `tokens` in nanodollars, rounded up.
    pub fn cost(self, tokens: Tokens) -> u64 {
        // One dollar per million tokens is 1,000 nanodollars per token.
        (tokens.input as f64 * self.input * 1e3 + tokens.output as f64 * self.output * 1e3).ceil() as u64
    }
}

/// Converts nanodollars to US dollars.
pub fn dollars(nanodollars: u64) -> f64 {
    nanodollars as f64 / NANO
}

/// Converts US dollars to nanodollars, rounded down.
pub(super) fn nanodollars(usd: f64) -> u64 {
    (usd * NANO) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_rounded_up_to_a_nanodollar() {
        let price = Price::per_million(0.15, 0.6).unwrap();
        let tokens = Tokens {
            input: 1_000,
            output: 100,
        };
        assert_eq!(price.cost(tokens), 210_000);
        assert_eq!(dollars(210_000), 0.000_21);
        assert_eq!(Price::FREE.cost(tokens), 0);
        assert_eq!(Price::per_million(-1.0, 0.0), None);
        assert_eq!(Price::per_million(f64::NAN, 0.0), None);
    }
}
