//! Reservations against the daily caps: an amount is reserved before a call and settled after it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use ulid::Ulid;

use super::caps::Caps;
use crate::{
    domain::UserId,
    error::source_chain,
    ports::{Account, Cap, Reservation, Spend, SpendLedger},
};

/// The daily budget: enforces the daily caps through reservations on the spend ledger.
pub struct Budget {
    caps: Caps,
    ledger: Arc<dyn SpendLedger>,
}

/// The open reservations of one call, one per capped account.
#[derive(Debug, Default)]
pub struct Reservations(Vec<Reservation>);

/// The reason why a reservation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A daily cap is exhausted.
    #[error("the daily budget is exhausted")]
    Exhausted,
    /// The ledger is unavailable, so the caps cannot be enforced.
    #[error("the budget cannot be checked")]
    LedgerUnavailable,
}

impl Budget {
    /// Creates a budget with these caps.
    pub fn new(caps: Caps, ledger: Arc<dyn SpendLedger>) -> Self {
        Self { caps, ledger }
    }

    /// Reserves an amount on every capped account. A free call needs a reservation only where tokens are capped.
    ///
    /// # Errors
    /// When a cap would be exceeded or the ledger is unavailable; then nothing stays reserved.
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
        let applies =
            |cap: &Cap| cap.tokens.is_some() || (cap.nanodollars.is_some() && amount.nanodollars > 0);
        let mut reservations = Reservations::default();
        for (account, cap) in accounts.into_iter().filter(|(_, cap)| applies(cap)) {
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
                Ok(false) => Refusal::Exhausted,
                Err(error) => {
                    tracing::warn!(error = source_chain(&error), "the budget cannot be checked");
                    Refusal::LedgerUnavailable
                }
            };
            self.settle(reservations, Spend::default()).await;
            return Err(refusal);
        }
        Ok(reservations)
    }

    /// Replaces the reserved amounts by the amount spent. A reservation that cannot be settled expires.
    pub async fn settle(&self, reservations: Reservations, spent: Spend) {
        for reservation in reservations.0 {
            if let Err(error) = self.ledger.settle(&reservation, spent).await {
                tracing::warn!(error = source_chain(&error), "a reservation cannot be settled");
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

    /// An in-memory ledger. Each call yields first, so that other calls interleave.
    #[derive(Default)]
    struct InMemoryLedger {
        rows: Mutex<BTreeMap<String, (u64, Vec<Reservation>)>>,
        is_unavailable: AtomicBool,
    }

    impl InMemoryLedger {
        fn sum(&self, account: &Account) -> u64 {
            self.rows
                .lock()
                .unwrap()
                .get(&format!("{account:?}"))
                .map_or(0, |row| row.0)
        }

        fn open_reservations(&self) -> usize {
            self.rows.lock().unwrap().values().map(|row| row.1.len()).sum()
        }
    }

    #[async_trait]
    impl SpendLedger for InMemoryLedger {
        async fn reserve(
            &self,
            reservation: &Reservation,
            cap: Cap,
            _: Timestamp,
        ) -> Result<bool, StoreError> {
            tokio::task::yield_now().await;
            if self.is_unavailable.load(Ordering::Relaxed) {
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

    fn cost(nanodollars: u64) -> Spend {
        Spend {
            tokens: 0,
            nanodollars,
        }
    }

    fn budget(user_day: u64, day: u64) -> (Budget, Arc<InMemoryLedger>) {
        let ledger = Arc::new(InMemoryLedger::default());
        let cap = |nanodollars| Cap {
            nanodollars: Some(nanodollars),
            tokens: None,
        };
        let caps = Caps {
            user_day: cap(user_day),
            day: cap(day),
            ..Caps::default()
        };
        (Budget::new(caps, ledger.clone()), ledger)
    }

    proptest::proptest! {
        #[test]
        fn concurrent_calls_never_exceed_a_cap(
            calls in proptest::collection::vec((0_u8..3, 1_u64..60, any::<u64>(), 0_usize..4), 1..24).no_shrink(),
        ) {
            let (budget, ledger) = budget(100, 150);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let spent: Vec<(u8, u64)> = runtime.block_on(async {
                let mut running: FuturesUnordered<BoxFuture<'_, Option<(u8, u64)>>> = FuturesUnordered::new();
                for &(user, amount, share, work) in &calls {
                    let (budget, ledger) = (&budget, &ledger);
                    running.push(Box::pin(async move {
                        let id = UserId::new(&format!("u{user}"));
                        let reservations = budget.reserve(&id, cost(amount), Timestamp::now()).await.ok()?;
                        for _ in 0..work {
                            assert!(ledger.sum(&Account::User(id.clone())) <= 100 && ledger.sum(&Account::Everyone) <= 150);
                            tokio::task::yield_now().await;
                        }
                        let spent = share % (amount + 1);
                        budget.settle(reservations, cost(spent)).await;
                        Some((user, spent))
                    }));
                }
                let mut spent = Vec::new();
                while let Some(call) = running.next().await {
                    spent.extend(call);
                }
                spent
            });
            prop_assert_eq!(ledger.open_reservations(), 0, "refused and settled calls hold no reservation");
            let sum = |user: Option<u8>| spent.iter().filter(|(by, _)| user.is_none_or(|user| user == *by)).map(|(_, spent)| spent).sum::<u64>();
            for user in 0..3 {
                prop_assert_eq!(ledger.sum(&Account::User(UserId::new(&format!("u{user}")))), sum(Some(user)));
                prop_assert!(sum(Some(user)) <= 100);
            }
            prop_assert_eq!(ledger.sum(&Account::Everyone), sum(None));
            prop_assert!(sum(None) <= 150);
        }
    }

    #[tokio::test]
    async fn without_the_ledger_only_free_calls_are_allowed() {
        let (budget, ledger) = budget(100, 100);
        ledger.is_unavailable.store(true, Ordering::Relaxed);
        let user = UserId::anonymous();
        let reservations = budget.reserve(&user, cost(1), Timestamp::now()).await;
        assert_eq!(reservations.unwrap_err(), Refusal::LedgerUnavailable);
        assert!(budget.reserve(&user, cost(0), Timestamp::now()).await.is_ok());
    }
}
