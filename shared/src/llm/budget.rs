//! What calls cost, what may be spent, and the reservation on it: reserved before a call, settled after it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use ulid::Ulid;

use crate::{
    domain::{Tokens, UserId},
    ports::{Account, Cap, Reservation, Spend, SpendLedger},
    telemetry::source_chain,
};

/// Billionths in one.
const NANO: f64 = 1e9;
/// Tokens that a provider's own frame around a prompt may add.
const FRAME_TOKENS: u64 = 256;
/// Bytes of ordinary text in one token.
const BYTES_PER_TOKEN: u64 = 4;

/// What tokens cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// US dollars for a million tokens read.
    input: f64,
    /// US dollars for a million tokens written.
    output: f64,
}

impl Price {
    /// Nothing.
    pub const FREE: Self = Self {
        input: 0.0,
        output: 0.0,
    };

    /// US dollars for a million tokens read and written; `None` unless both are 0 to 100,000.
    pub fn per_million(input: f64, output: f64) -> Option<Self> {
        let sensible = |price: f64| (0.0..=100_000.0).contains(&price);
        (sensible(input) && sensible(output)).then_some(Self { input, output })
    }

    /// Whether it is nothing.
    pub fn is_free(self) -> bool {
        self == Self::FREE
    }

    /// Billionths of a US dollar, rounded up.
    pub fn of(self, tokens: Tokens) -> u64 {
        // Dollars for a million are thousands of billionths for one.
        (tokens.input as f64 * self.input * 1e3 + tokens.output as f64 * self.output * 1e3).ceil() as u64
    }
}

/// Billionths as US dollars.
pub fn dollars(nanodollars: u64) -> f64 {
    nanodollars as f64 / NANO
}

/// The most tokens that a call can take: a token is at least one byte of the prompt.
pub fn at_most(prompt_bytes: usize, max_tokens: u32) -> Tokens {
    Tokens {
        input: prompt_bytes as u64 + FRAME_TOKENS,
        output: max_tokens.into(),
    }
}

/// The tokens of ordinary text, for where the provider does not count them.
pub fn likely(prompt_bytes: usize, text_bytes: usize) -> Tokens {
    Tokens {
        input: prompt_bytes as u64 / BYTES_PER_TOKEN,
        output: text_bytes as u64 / BYTES_PER_TOKEN,
    }
}

/// What may be spent on one request, by one user in a day, and by all in a day (UTC). `LLM_CAPS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    /// On one call of a provider.
    pub request: Cap,
    /// By one user in a day.
    pub user_day: Cap,
    /// By all users in a day.
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
    /// Reads `{"request": {"usd": 0.01, "tokens": 8000}, "user_day": {..}, "day": {..}}`; each part may be left out.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(json: &str) -> Result<Self, String> {
        let entry: CapsEntry = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let cap = |entry: CapEntry| match entry.usd {
            Some(usd) if !(0.0..=1e9).contains(&usd) => Err("usd is 0 to 1000000000".to_owned()),
            usd => Ok(Cap {
                tokens: entry.tokens,
                nanodollars: usd.map(|usd| (usd * NANO) as u64),
            }),
        };
        Ok(Self {
            request: cap(entry.request)?,
            user_day: cap(entry.user_day)?,
            day: cap(entry.day)?,
        })
    }

    fn limit_money(self) -> bool {
        [self.request, self.user_day, self.day]
            .iter()
            .any(|cap| cap.nanodollars.is_some())
    }

    /// What a call would reservation, or why it must not be made.
    pub fn check(self, price: Option<Price>, tokens: Tokens) -> Result<Spend, &'static str> {
        let nanodollars = match price {
            Some(price) => price.of(tokens),
            None if self.limit_money() => return Err("its price is not known, and money is limited"),
            None => 0,
        };
        let amount = Spend {
            tokens: tokens.input.saturating_add(tokens.output),
            nanodollars,
        };
        let passes = |limit: Option<u64>, amount: u64| limit.is_some_and(|limit| amount > limit);
        if passes(self.request.nanodollars, amount.nanodollars) {
            return Err("it could cost more than one request may");
        }
        if passes(self.request.tokens, amount.tokens) {
            return Err("it could take more tokens than one request may");
        }
        Ok(amount)
    }
}

/// Holds spending under the caps of a day.
pub struct Budget {
    caps: Caps,
    ledger: Arc<dyn SpendLedger>,
}

/// What is reservations for one call, until it is settled.
#[derive(Debug, Default)]
pub struct Reservations(Vec<Reservation>);

/// Why nothing was reservations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The caps leave no room.
    #[error("the budget of the day is used up")]
    UsedUp,
    /// The ledger cannot be reached, so the caps cannot be kept.
    #[error("the budget cannot be checked")]
    Unknown,
}

impl Budget {
    /// Under these caps.
    pub fn new(caps: Caps, ledger: Arc<dyn SpendLedger>) -> Self {
        Self { caps, ledger }
    }

    /// Holds an amount on every account that is capped. What costs no money is reservations only where tokens are capped.
    ///
    /// # Errors
    /// When a cap would be passed; then nothing is reservations.
    pub async fn reserve(
        &self,
        user: &UserId,
        amount: Spend,
        now: Timestamp,
    ) -> Result<Reservations, Refusal> {
        let day: Date = TimeZone::UTC.to_datetime(now).date();
        let accounts = [
            (Account::User(user.clone()), self.caps.user_day),
            (Account::Everyone, self.caps.day),
        ];
        let concerned =
            |cap: &Cap| cap.tokens.is_some() || (cap.nanodollars.is_some() && amount.nanodollars > 0);
        let mut reservations = Reservations::default();
        for (account, cap) in accounts.into_iter().filter(|(_, cap)| concerned(cap)) {
            let reservation = Reservation {
                id: Ulid::generate().to_string(),
                account,
                day,
                amount,
            };
            let refusal = match self.ledger.reserve(&reservation, cap, now).await {
                Ok(true) => {
                    reservations.0.push(reservation);
                    continue;
                }
                Ok(false) => Refusal::UsedUp,
                Err(error) => {
                    tracing::warn!(error = source_chain(&error), "the budget cannot be checked");
                    Refusal::Unknown
                }
            };
            self.settle(reservations, Spend::default()).await;
            return Err(refusal);
        }
        Ok(reservations)
    }

    /// Puts what was spent in the place of what was reservations. What cannot be settled is given back when its life has passed.
    pub async fn settle(&self, reservations: Reservations, spent: Spend) {
        for reservation in reservations.0 {
            if let Err(error) = self.ledger.settle(&reservation, spent).await {
                tracing::warn!(error = source_chain(&error), "what was spent is not settled");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Mutex, atomic::AtomicBool, atomic::Ordering},
    };

    use async_trait::async_trait;
    use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq};

    use super::*;
    use crate::ports::StoreError;

    /// A ledger in memory. Each of its calls takes a while, in which others run.
    #[derive(Default)]
    struct Memory {
        rows: Mutex<BTreeMap<String, (u64, Vec<Reservation>)>>,
        is_away: AtomicBool,
    }

    impl Memory {
        fn sum(&self, account: &Account) -> u64 {
            self.rows
                .lock()
                .unwrap()
                .get(&format!("{account:?}"))
                .map_or(0, |row| row.0)
        }

        fn open(&self) -> usize {
            self.rows.lock().unwrap().values().map(|row| row.1.len()).sum()
        }
    }

    #[async_trait]
    impl SpendLedger for Memory {
        async fn reserve(
            &self,
            reservation: &Reservation,
            cap: Cap,
            _: Timestamp,
        ) -> Result<bool, StoreError> {
            tokio::task::yield_now().await;
            if self.is_away.load(Ordering::Relaxed) {
                return Err(StoreError::Conflict);
            }
            let mut rows = self.rows.lock().unwrap();
            let row = rows.entry(format!("{:?}", reservation.account)).or_default();
            if cap
                .nanodollars
                .is_some_and(|cap| row.0 + reservation.amount.nanodollars > cap)
            {
                return Ok(false);
            }
            row.0 += reservation.amount.nanodollars;
            row.1.push(reservation.clone());
            Ok(true)
        }

        async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError> {
            tokio::task::yield_now().await;
            let mut rows = self.rows.lock().unwrap();
            let row = rows.entry(format!("{:?}", reservation.account)).or_default();
            row.1.retain(|open| open != reservation);
            row.0 = row.0 - reservation.amount.nanodollars + spent.nanodollars;
            Ok(())
        }
    }

    fn dollars_only(nanodollars: u64) -> Spend {
        Spend {
            tokens: 0,
            nanodollars,
        }
    }

    fn budget(user_day: u64, day: u64) -> (Budget, Arc<Memory>) {
        let memory = Arc::new(Memory::default());
        let cap = |nanodollars| Cap {
            nanodollars: Some(nanodollars),
            tokens: None,
        };
        let caps = Caps {
            user_day: cap(user_day),
            day: cap(day),
            ..Caps::default()
        };
        (Budget::new(caps, memory.clone()), memory)
    }

    proptest::proptest! {
        #[test]
        fn calls_in_any_order_keep_every_cap(
            calls in proptest::collection::vec((0_u8..3, 1_u64..60, any::<u64>(), 0_usize..4), 1..24).no_shrink(),
        ) {
            let (budget, memory) = budget(100, 150);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let spent: Vec<(u8, u64)> = runtime.block_on(async {
                let mut running: FuturesUnordered<BoxFuture<'_, Option<(u8, u64)>>> = FuturesUnordered::new();
                for &(user, reservations, share, work) in &calls {
                    let (budget, memory) = (&budget, &memory);
                    running.push(Box::pin(async move {
                        let id = UserId::new(&format!("u{user}"));
                        let reservation = budget.reserve(&id, dollars_only(reservations), Timestamp::now()).await.ok()?;
                        for _ in 0..work {
                            assert!(memory.sum(&Account::User(id.clone())) <= 100 && memory.sum(&Account::Everyone) <= 150);
                            tokio::task::yield_now().await;
                        }
                        let spent = share % (reservations + 1);
                        budget.settle(reservation, dollars_only(spent)).await;
                        Some((user, spent))
                    }));
                }
                let mut spent = Vec::new();
                while let Some(call) = running.next().await {
                    spent.extend(call);
                }
                spent
            });
            prop_assert_eq!(memory.open(), 0, "what was refused or settled holds nothing");
            let sum = |user: Option<u8>| spent.iter().filter(|(by, _)| user.is_none_or(|user| user == *by)).map(|(_, spent)| spent).sum::<u64>();
            for user in 0..3 {
                prop_assert_eq!(memory.sum(&Account::User(UserId::new(&format!("u{user}")))), sum(Some(user)));
                prop_assert!(sum(Some(user)) <= 100);
            }
            prop_assert_eq!(memory.sum(&Account::Everyone), sum(None));
            prop_assert!(sum(None) <= 150);
        }
    }

    #[tokio::test]
    async fn without_the_ledger_no_money_is_spent_and_what_is_free_goes_on() {
        let (budget, memory) = budget(100, 100);
        memory.is_away.store(true, Ordering::Relaxed);
        let user = UserId::anonymous();
        let reservations = budget.reserve(&user, dollars_only(1), Timestamp::now()).await;
        assert_eq!(reservations.unwrap_err(), Refusal::Unknown);
        assert!(
            budget
                .reserve(&user, dollars_only(0), Timestamp::now())
                .await
                .is_ok()
        );
    }

    #[test]
    fn a_price_is_rounded_up_to_a_billionth() {
        let price = Price::per_million(0.15, 0.6).unwrap();
        let tokens = Tokens {
            input: 1_000,
            output: 100,
        };
        assert_eq!(price.of(tokens), 210_000);
        assert_eq!(dollars(210_000), 0.000_21);
        assert_eq!(Price::FREE.of(tokens), 0);
        assert_eq!(Price::per_million(-1.0, 0.0), None);
        assert_eq!(Price::per_million(f64::NAN, 0.0), None);
    }

    #[test]
    fn caps_are_read_and_held() {
        let caps = Caps::parse(r#"{"request": {"usd": 0.001, "tokens": 5000}, "day": {"usd": 2}}"#).unwrap();
        let price = Price::per_million(0.15, 0.6);
        let tokens = at_most(1_000, 500);
        assert_eq!(
            caps.check(price, tokens),
            Ok(Spend {
                tokens: 1_756,
                nanodollars: 488_400
            })
        );
        assert!(
            caps.check(price, at_most(4_000, 1_000))
                .unwrap_err()
                .contains("cost more")
        );
        assert!(
            caps.check(Some(Price::FREE), at_most(5_000, 1))
                .unwrap_err()
                .contains("tokens")
        );
        assert!(caps.check(None, tokens).unwrap_err().contains("not known"));
        assert!(Caps::default().check(None, tokens).is_ok());
        assert!(Caps::parse(r#"{"request": {"eur": 1}}"#).is_err());
        assert!(Caps::parse(r#"{"day": {"usd": -1}}"#).is_err());
    }
}
