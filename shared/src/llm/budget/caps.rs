//! Spending caps per request, per user and day, and per day. `LLM_CAPS`.

use serde::Deserialize;

use super::price::{Price, nanodollars};
use crate::{
    domain::Tokens,
    ports::{Cap, Spend},
};

/// The spending caps; a day is a UTC day. `LLM_CAPS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    /// Of one call of a provider.
    pub request: Cap,
    /// Of one user per day.
    pub user_day: Cap,
    /// Of all users per day.
    pub day: Cap,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CapsEntry {
    request: CapEntry,
    user_day: CapEntry,
    day: CapEntry,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CapEntry {
    usd: Option<f64>,
    tokens: Option<u64>,
}

impl Caps {
    /// Parses `{"request": {"usd": 0.01, "tokens": 8000}, "user_day": {..}, "day": {..}}`. Every field is optional.
    ///
    /// # Errors
    /// A description of the first fault.
    pub fn parse(json: &str) -> Result<Self, String> {
        let entry: CapsEntry = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let cap = |entry: CapEntry| match entry.usd {
            Some(usd) if !(0.0..=1e9).contains(&usd) => Err("usd is 0 to 1000000000".to_owned()),
            usd => Ok(Cap {
                tokens: entry.tokens,
                nanodollars: usd.map(nanodollars),
            }),
        };
        Ok(Self {
            request: cap(entry.request)?,
            user_day: cap(entry.user_day)?,
            day: cap(entry.day)?,
        })
    }

    fn has_cost_cap(self) -> bool {
        [self.request, self.user_day, self.day]
            .iter()
            .any(|cap| cap.nanodollars.is_some())
    }

    /// Returns the amount to reserve for a call, checked against the request cap.
    ///
    /// # Errors
    /// The reason why the call is not allowed.
    pub fn check(self, price: Option<Price>, tokens: Tokens) -> Result<Spend, &'static str> {
        let nanodollars = match price {
            Some(price) => price.cost(tokens),
            None if self.has_cost_cap() => return Err("its price is not known, but a cost cap is set"),
            None => 0,
        };
        let amount = Spend {
            tokens: tokens.input.saturating_add(tokens.output),
            nanodollars,
        };
        let exceeds = |limit: Option<u64>, amount: u64| limit.is_some_and(|limit| amount > limit);
        if exceeds(self.request.nanodollars, amount.nanodollars) {
            return Err("the call could cost more than the request cap");
        }
        if exceeds(self.request.tokens, amount.tokens) {
            return Err("the call could use more tokens than the request cap");
        }
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::max_usage, *};

    #[test]
    fn caps_are_parsed_and_enforced() {
        let caps = Caps::parse(r#"{"request": {"usd": 0.001, "tokens": 5000}, "day": {"usd": 2}}"#).unwrap();
        let price = Price::per_million(0.15, 0.6);
        let tokens = max_usage(1_000, 500);
        assert_eq!(
            caps.check(price, tokens),
            Ok(Spend {
                tokens: 1_756,
                nanodollars: 488_400
            })
        );
        assert!(
            caps.check(price, max_usage(4_000, 1_000))
                .unwrap_err()
                .contains("cost more")
        );
        assert!(
            caps.check(Some(Price::FREE), max_usage(5_000, 1))
                .unwrap_err()
                .contains("tokens")
        );
        assert!(caps.check(None, tokens).unwrap_err().contains("not known"));
        assert!(Caps::default().check(None, tokens).is_ok());
        assert!(Caps::parse(r#"{"request": {"eur": 1}}"#).is_err());
        assert!(Caps::parse(r#"{"day": {"usd": -1}}"#).is_err());
    }
}
