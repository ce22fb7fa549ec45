//! Port for enforcing spending caps across containers.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use super::error::StoreError;
use crate::domain::UserId;

/// An amount of tokens and money, reserved or spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spend {
    /// Input and output tokens.
    pub tokens: u64,
    /// Billionths of a US dollar.
    pub nanodollars: u64,
}

/// Daily spending limits; `None` means no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cap {
    /// Input and output tokens.
    pub tokens: Option<u64>,
    /// Billionths of a US dollar.
    pub nanodollars: Option<u64>,
}

/// An account: whose daily spending is summed up and capped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// One user.
    User(UserId),
    /// All users together.
    Everyone,
}

/// A reservation of spending on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Unique id.
    pub id: String,
    /// The account.
    pub account: Account,
    /// The day that the amount counts for, UTC.
    pub day: Date,
    /// The reserved amount.
    pub amount: Spend,
}

/// How long a reservation counts if it is never settled: longer than any invocation.
pub const RESERVATION_TTL: Duration = Duration::from_secs(900);

/// Tracks spending and enforces caps. Needs `Query`, `UpdateItem` and `DeleteItem` on the access table.
///
/// Spent plus reserved amounts never exceed a cap, however many reservations are made concurrently. A reservation that is
/// never settled is returned after [`RESERVATION_TTL`], if its amount is needed. What a process that dies while it reserves or
/// settles leaves behind stays reserved until the end of the day.
#[async_trait]
pub trait SpendLedger: Send + Sync {
    /// Reserves an amount. Returns `false` if the sum would exceed the cap. Repeated at once, it reserves once.
    async fn reserve(&self, reservation: &Reservation, cap: Cap, now: Timestamp) -> Result<bool, StoreError>;

    /// Replaces a reservation with what was spent. Idempotent.
    async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError>;
}
