//! Spending caps: the adapter over the embedded DynamoDB, compared with a sequential model of it.

use std::collections::BTreeMap;

use attest::{LocalDynamoDb, Template};
use futures::future::join_all;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use proptest::{
    array::uniform4,
    collection::vec,
    option,
    prelude::{Strategy, any, prop_oneof},
    sample::Index,
    test_runner::{Config, TestRunner},
};
use shared::{
    domain::UserId,
    meter::metered,
    ports::{Account, Cap, RESERVATION_TTL, Reservation, Spend, SpendLedger},
    store::{Access, Client, local_client},
};
use tokio::runtime::Runtime;
use ulid::Ulid;

use crate::support::root;

const CASES: u32 = 32;
const DAY: Date = date(2026, 1, 31);
/// The accounts, with the partition keys of their rows. Two users have ids that collide without escaping.
const ACCOUNTS: [(Option<&str>, &str); 4] = [
    (None, "RATE#*"),
    (Some("*"), "RATE#%2A"),
    (Some("%2A"), "RATE#%252A"),
    (Some("ada#lovelace"), "RATE#ada%23lovelace"),
];

/// The adapter over its own database.
struct Ledger {
    access: Access,
    client: Client,
    _database: LocalDynamoDb,
}

impl Ledger {
    async fn start() -> Self {
        let template = Template::load(&root().join("template.yaml")).unwrap();
        let database = LocalDynamoDb::in_memory(&template).await.unwrap();
        let client = local_client(database.url());
        Self {
            access: Access::new(client.clone(), "Access"),
            client,
            _database: database,
        }
    }

    /// The spending row of an account on [`DAY`].
    async fn row(&self, pk: &str) -> Row {
        let rows = self.client.scan().table_name("Access").send().await.unwrap();
        let rows = rows.items().iter().filter(|row| row["pk"].as_s().unwrap() == pk);
        let rows = rows.map(|row| (row["sk"].as_s().unwrap().as_str(), row));
        let rows: BTreeMap<&str, _> = rows.collect();
        let Some(row) = rows.get(&*format!("SPEND#{DAY}")) else {
            return Row::default();
        };
        let reserved = format!("RESERVED#{DAY}#");
        let number = |number: &String| number.parse::<u64>().unwrap();
        let spend = |tokens, nanodollars| Spend {
            tokens: number(tokens),
            nanodollars: number(nanodollars),
        };
        Row {
            sum: spend(row["tokens"].as_n().unwrap(), row["nanodollars"].as_n().unwrap()),
            reservations: rows
                .iter()
                .filter_map(|(sk, row)| {
                    let id = sk.strip_prefix(&reserved)?.to_owned();
                    let amount = spend(row["tokens"].as_n().unwrap(), row["nanodollars"].as_n().unwrap());
                    Some((id, amount))
                })
                .collect(),
            expires_at: number(row["expires_at"].as_n().unwrap()),
        }
    }
}

/// A stored row with the reservations beside it; all zero if the row does not exist.
#[derive(Debug, Default)]
struct Row {
    sum: Spend,
    reservations: BTreeMap<String, Spend>,
    expires_at: u64,
}

/// The sum of two amounts.
fn plus(one: Spend, other: Spend) -> Spend {
    Spend {
        tokens: one.tokens + other.tokens,
        nanodollars: one.nanodollars + other.nanodollars,
    }
}

fn total(spends: impl IntoIterator<Item = Spend>) -> Spend {
    spends.into_iter().fold(Spend::default(), plus)
}

fn is_within(spend: Spend, cap: Cap) -> bool {
    cap.tokens.is_none_or(|cap| spend.tokens <= cap)
        && cap.nanodollars.is_none_or(|cap| spend.nanodollars <= cap)
}

fn reservation(account: &Account, id: String, tokens: u64, nanodollars: u64) -> Reservation {
    Reservation {
        id,
        account: account.clone(),
        day: DAY,
        amount: Spend { tokens, nanodollars },
    }
}

/// A step of one invocation on one account.
#[derive(Debug, Clone)]
enum Step {
    /// Reserves, and once more if `again`, as when a response is lost.
    Reserve {
        tokens: u64,
        nanodollars: u64,
        again: bool,
    },
    /// Spends this percentage of a reservation.
    Settle(Index, u64),
    /// Settles a settled reservation again, with another amount.
    SettleAgain(Index, u64),
    /// Ends without settling.
    Crash(Index),
}

/// What happens to all accounts at the same time.
#[derive(Debug, Clone)]
enum Round {
    /// Time passes.
    Minutes(i64),
    /// One step on each account, concurrently.
    Steps([Step; 4]),
}

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let index = any::<Index>;
    let step = prop_oneof![
        7 => (0_u64..60, 0_u64..60, any::<bool>())
            .prop_map(|(tokens, nanodollars, again)| Step::Reserve { tokens, nanodollars, again }),
        3 => (index(), 0_u64..=100).prop_map(|(which, share)| Step::Settle(which, share)),
        1 => (index(), 0_u64..=100).prop_map(|(which, share)| Step::SettleAgain(which, share)),
        2 => index().prop_map(Step::Crash),
    ];
    let round = prop_oneof![
        1 => (1_i64..=10).prop_map(Round::Minutes),
        3 => uniform4(step).prop_map(Round::Steps),
    ];
    vec(round, 1..40)
}

/// The expected state of the row of an account.
struct Model {
    account: Account,
    pk: &'static str,
    cap: Cap,
    spent: Spend,
    made: usize,
    /// Neither settled nor crashed, with the time when they expire.
    open: Vec<(Reservation, Timestamp)>,
    crashed: Vec<(Reservation, Timestamp)>,
    settled: Vec<Reservation>,
}

impl Model {
    fn new((name, pk): (Option<&str>, &'static str), cap: Cap) -> Self {
        Self {
            account: name.map_or(Account::Everyone, |name| Account::User(UserId::new(name))),
            pk,
            cap,
            spent: Spend::default(),
            made: 0,
            open: Vec::new(),
            crashed: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// The amount spent and the amount of reservations that have not expired.
    fn committed(&self, now: Timestamp) -> Spend {
        let active = self.open.iter().chain(&self.crashed);
        let active = active.filter(|(_, until)| *until > now);
        plus(
            self.spent,
            total(active.map(|(reservation, _)| reservation.amount)),
        )
    }

    /// Takes a step in the model and in the adapter, and compares them.
    async fn apply(&mut self, step: &Step, now: Timestamp, ledger: &Ledger) {
        // No invocation lasts as long as its reservation, so the ones that expire have crashed.
        self.crashed
            .extend(self.open.extract_if(.., |(_, until)| *until <= now));
        let mut was_refused = false;
        match step {
            Step::Reserve {
                tokens,
                nanodollars,
                again,
            } => {
                self.made += 1;
                let reservation =
                    reservation(&self.account, format!("{}#", self.made), *tokens, *nanodollars);
                let fits = is_within(plus(self.committed(now), reservation.amount), self.cap);
                for _ in 0..=u8::from(*again) {
                    assert_eq!(
                        ledger.access.reserve(&reservation, self.cap, now).await.unwrap(),
                        fits
                    );
                }
                was_refused = !fits && is_within(reservation.amount, self.cap);
                if fits {
                    self.open.push((reservation, now + RESERVATION_TTL));
                }
            }
            Step::Settle(which, share) if !self.open.is_empty() => {
                let (reservation, _) = self.open.remove(which.index(self.open.len()));
                let spent = Spend {
                    tokens: reservation.amount.tokens * share / 100,
                    nanodollars: reservation.amount.nanodollars * share / 100,
                };
                ledger.access.settle(&reservation, spent).await.unwrap();
                self.spent = plus(self.spent, spent);
                self.settled.push(reservation);
            }
            Step::SettleAgain(which, tokens) if !self.settled.is_empty() => {
                let spent = Spend {
                    tokens: *tokens,
                    nanodollars: 1,
                };
                ledger
                    .access
                    .settle(which.get(&self.settled), spent)
                    .await
                    .unwrap();
            }
            Step::Crash(which) if !self.open.is_empty() => {
                let crashed = self.open.remove(which.index(self.open.len()));
                self.crashed.push(crashed);
            }
            // There is no such reservation.
            _ => {}
        }
        self.check(&ledger.row(self.pk).await, was_refused, now);
    }

    fn check(&self, row: &Row, was_refused: bool, now: Timestamp) {
        let reserved = total(row.reservations.values().copied());
        assert_eq!(
            row.sum,
            plus(self.spent, reserved),
            "the sum is the amount spent and reserved"
        );
        assert!(is_within(row.sum, self.cap), "never over the cap: {row:?}");
        for (reservation, until) in self.open.iter().chain(&self.crashed) {
            match row.reservations.get(&reservation.id) {
                Some(amount) => assert_eq!(*amount, reservation.amount),
                None => assert!(*until <= now, "{} was released too early", reservation.id),
            }
            let is_over = was_refused && *until <= now;
            assert!(
                !(is_over && row.reservations.contains_key(&reservation.id)),
                "{} is released",
                reservation.id
            );
        }
        let known: Vec<&String> = self
            .open
            .iter()
            .chain(&self.crashed)
            .map(|(reservation, _)| &reservation.id)
            .collect();
        assert!(row.reservations.keys().all(|id| known.contains(&id)), "{row:?}");
    }
}

#[test]
fn any_order_of_reserving_settling_and_crashing_stays_within_the_caps() {
    let runtime = Runtime::new().unwrap();
    let cap = || {
        (
            option::weighted(0.8, 50_u64..150),
            option::weighted(0.8, 50_u64..150),
        )
            .prop_map(|(tokens, nanodollars)| Cap { tokens, nanodollars })
    };
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        ..Config::default()
    });
    let outcome = runner.run(&(uniform4(cap()), rounds()), |(caps, rounds)| {
        runtime.block_on(async {
            let ledger = Ledger::start().await;
            let mut now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
            let mut models: Vec<Model> = ACCOUNTS
                .into_iter()
                .zip(caps)
                .map(|(account, cap)| Model::new(account, cap))
                .collect();
            for round in &rounds {
                match round {
                    Round::Minutes(minutes) => now += minutes.minutes(),
                    Round::Steps(steps) => {
                        let steps = models.iter_mut().zip(steps);
                        join_all(steps.map(|(model, step)| model.apply(step, now, &ledger))).await;
                    }
                }
            }
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_reservations_exactly_those_that_fit_succeed() {
    let ledger = &Ledger::start().await;
    let cap = Cap {
        tokens: Some(1009),
        nanodollars: None,
    };
    let start: Timestamp = "2026-01-31T23:50:00Z".parse().unwrap();
    let reserve = async |id: String, now| {
        let reservation = reservation(&Account::Everyone, id, 100, 7);
        let is_reserved = ledger.access.reserve(&reservation, cap, now).await.unwrap();
        is_reserved.then_some(reservation)
    };
    let all_at_once = async |name: &str, now| {
        let reservations = join_all((0..64).map(|n| reserve(format!("{name}-{n}"), now))).await;
        reservations.into_iter().flatten().collect::<Vec<Reservation>>()
    };

    let crashed = all_at_once("crashed", start).await;
    assert_eq!(crashed.len(), 10);
    assert_eq!(all_at_once("too-early", start + 14.minutes()).await, []);

    // All of them find the row full of expired reservations, and release them concurrently.
    let later = start + 15.minutes();
    let reserved = all_at_once("later", later).await;
    assert_eq!(reserved.len(), 10);
    let row = ledger.row("RATE#*").await;
    assert_eq!((row.sum.tokens, row.sum.nanodollars), (1000, 70));
    assert!(
        row.reservations.keys().all(|id| id.starts_with("later-")),
        "{row:?}"
    );
    let two_days_on: Timestamp = "2026-02-02T00:00:00Z".parse().unwrap();
    assert_eq!(row.expires_at, two_days_on.as_second() as u64);

    // Each is settled twice, concurrently.
    let spent = Spend {
        tokens: 40,
        nanodollars: 5,
    };
    let settled = reserved
        .iter()
        .chain(&reserved)
        .map(|reservation| ledger.access.settle(reservation, spent));
    assert!(join_all(settled).await.iter().all(Result::is_ok));
    let row = ledger.row("RATE#*").await;
    assert_eq!((row.sum.tokens, row.sum.nanodollars), (400, 50));
    assert!(row.reservations.is_empty(), "{row:?}");
    assert_eq!(all_at_once("last", later).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_costs_the_same_however_many_are_open() {
    let ledger = &Ledger::start().await;
    let cap = Cap {
        tokens: Some(u64::MAX),
        nanodollars: None,
    };
    let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    let units = async |id: String| {
        let reservation = reservation(&Account::Everyone, id, 1_000, 1_000_000);
        let (is_reserved, reserved) = metered(ledger.access.reserve(&reservation, cap, now)).await;
        assert!(is_reserved.unwrap());
        let (_, settled) = metered(ledger.access.settle(&reservation, reservation.amount)).await;
        (reserved.units.write, settled.units.write)
    };
    assert_eq!(units(Ulid::generate().to_string()).await, (2.0, 3.0));
    let open = (0..600).map(|_| {
        let reservation = reservation(&Account::Everyone, Ulid::generate().to_string(), 1_000, 1_000_000);
        async move { ledger.access.reserve(&reservation, cap, now).await.unwrap() }
    });
    assert!(join_all(open).await.into_iter().all(|is_reserved| is_reserved));
    assert_eq!(ledger.row("RATE#*").await.reservations.len(), 600);
    assert_eq!(units(Ulid::generate().to_string()).await, (2.0, 3.0));
}
