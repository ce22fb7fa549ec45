//! Spending caps in the access table: for each account and day, one row with the sums and one row for each open reservation.
//!
//! `tokens` and `nanodollars` of the row of the day are the sums of spent and reserved amounts. Each changes in one
//! conditional write of one unit, however many reservations are open. The write of a sum and that of its reservation are two
//! writes; what is lost between them stays reserved until the end of the day, so a cap is never exceeded.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure},
};
use futures::future::try_join_all;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use ulid::Ulid;

use super::{
    access::Access,
    capacity, condition, delete,
    key::Key,
    retry,
    rows::{Item, n, number, s, string},
};
use crate::ports::{Cap, RESERVATION_TTL, Reservation, Spend, SpendLedger, StoreError};

/// Attributes of the row of a day that hold the last changes, so that a repeated one is recognised. A change is forgotten when
/// another one with the same hash follows.
const CHANGES: u8 = 32;
/// Maximum number of reservations that are read together, oldest first.
const PAGE: i32 = 100;
/// Rounds of returning expired reservations, and the pause between them: others may be returning them at the same time.
const ROUNDS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(25);
/// Attribute of a reservation that is being settled: the token of whoever settles it.
const SETTLED_BY: &str = "settled_by";

#[async_trait]
impl SpendLedger for Access {
    /// Takes two writes. If the cap does not allow it, it also reads the oldest reservations, and returns those that have
    /// expired.
    async fn reserve(&self, reservation: &Reservation, cap: Cap, now: Timestamp) -> Result<bool, StoreError> {
        let Some(room) = room(cap, reservation.amount) else {
            return Ok(false);
        };
        for round in 0..ROUNDS {
            if self.add(reservation, room).await? {
                let put = self.put_reservation(reservation, now).await;
                if put.is_err() {
                    // Nothing else would return it. If this fails too, it stays reserved until the end of the day.
                    let _ = self.settle_sums(reservation, Spend::default()).await;
                }
                return put.map(|()| true);
            }
            let expired = self.expired(reservation, now).await?;
            if expired.is_empty() {
                return Ok(false);
            }
            if round > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            try_join_all(expired.iter().map(|one| self.settle(one, Spend::default()))).await?;
        }
        self.add(reservation, room).await
    }

    /// Takes three writes.
    async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError> {
        let key = || Key::reservation(&reservation.account, reservation.day, &reservation.id);
        let token = Ulid::generate().to_string();
        let mark = self
            .update(key())
            .update_expression(format!("SET {SETTLED_BY} = :token"))
            .condition_expression(format!(
                "attribute_exists(pk) AND attribute_not_exists({SETTLED_BY})"
            ))
            .expression_attribute_values(":token", s(&token))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match condition::write("UpdateItem", || mark.clone().send()).await? {
            Ok(output) => capacity::written(output.consumed_capacity()),
            // The response of an earlier attempt was lost.
            Err(row) if string(&row, SETTLED_BY) == Some(&token) => {}
            // It is already settled, or returned because it had expired.
            Err(_other) => return Ok(()),
        }
        self.settle_sums(reservation, spent).await?;
        delete::row(&self.client, &self.table, key()).await
    }
}

/// Whether the row of a day does not have the change yet.
const UNCHANGED: &str = "(attribute_not_exists(#change) OR #change <> :change)";

impl Access {
    /// Adds a reservation to the sums if there is room; true if the sums have it now.
    async fn add(&self, reservation: &Reservation, room: Cap) -> Result<bool, StoreError> {
        let amount = reservation.amount;
        let id = format!("r{}", reservation.id);
        let mut condition = UNCHANGED.to_owned();
        let mut update = self
            .change(reservation, &id)
            .update_expression(
                "SET #change = :change, expires_at = :expires ADD tokens :tokens, nanodollars :nanodollars",
            )
            .expression_attribute_values(":expires", n(expires_at(reservation.day)))
            .expression_attribute_values(":tokens", n(amount.tokens))
            .expression_attribute_values(":nanodollars", n(amount.nanodollars))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (sum, room) in [("tokens", room.tokens), ("nanodollars", room.nanodollars)] {
            if let Some(room) = room {
                condition.push_str(&format!(
                    " AND (attribute_not_exists({sum}) OR {sum} <= :{sum}_room)"
                ));
                update = update.expression_attribute_values(format!(":{sum}_room"), n(room));
            }
        }
        let update = update.condition_expression(condition);
        match condition::write("UpdateItem", || update.clone().send()).await? {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(true)
            }
            // An earlier attempt was applied, and its response was lost.
            Err(row) => Ok(string(&row, &attribute(&id)) == Some(&id)),
        }
    }

    /// Replaces a reservation in the sums with what was spent.
    async fn settle_sums(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError> {
        let difference = |spent: u64, reserved: u64| n(i128::from(spent) - i128::from(reserved));
        let amount = reservation.amount;
        let change = self
            .change(reservation, &format!("s{}", reservation.id))
            .update_expression("SET #change = :change ADD tokens :tokens, nanodollars :nanodollars")
            .condition_expression(UNCHANGED)
            .expression_attribute_values(":tokens", difference(spent.tokens, amount.tokens))
            .expression_attribute_values(":nanodollars", difference(spent.nanodollars, amount.nanodollars));
        // If it is refused, an earlier attempt was applied.
        if let Ok(output) = condition::write("UpdateItem", || change.clone().send()).await? {
            capacity::written(output.consumed_capacity());
        }
        Ok(())
    }

    /// Writes the row of a reservation.
    async fn put_reservation(&self, reservation: &Reservation, now: Timestamp) -> Result<(), StoreError> {
        let Reservation {
            id,
            account,
            day,
            amount,
        } = reservation;
        let until_ms = i128::from(now.as_millisecond()) + RESERVATION_TTL.as_millis() as i128;
        let update = self
            .update(Key::reservation(account, *day, id))
            .update_expression(
                "SET tokens = :tokens, nanodollars = :nanodollars, until_ms = :until, expires_at = :expires",
            )
            .expression_attribute_values(":tokens", n(amount.tokens))
            .expression_attribute_values(":nanodollars", n(amount.nanodollars))
            .expression_attribute_values(":until", n(until_ms))
            .expression_attribute_values(":expires", n(expires_at(*day)));
        let output = retry::call("UpdateItem", || update.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    /// Returns the oldest reservations that have expired; `like` supplies account and day.
    async fn expired(&self, like: &Reservation, now: Timestamp) -> Result<Vec<Reservation>, StoreError> {
        let Key { pk, sk: prefix } = Key::reservation(&like.account, like.day, "");
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":prefix", s(&prefix))
            .limit(PAGE)
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("Query", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        let rows = output.items().iter();
        Ok(rows.filter_map(|row| expired(row, &prefix, like, now)).collect())
    }

    /// Starts a change of the row of a day: `#change` is the attribute that holds its id `:change`.
    fn change(&self, reservation: &Reservation, id: &str) -> UpdateItemFluentBuilder {
        self.update(Key::spend(&reservation.account, reservation.day))
            .expression_attribute_names("#change", attribute(id))
            .expression_attribute_values(":change", s(id))
    }

    /// Starts an update of a row.
    fn update(&self, key: Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}

/// The attribute that holds a change.
fn attribute(id: &str) -> String {
    let hash = id
        .bytes()
        .fold(0_u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte));
    format!("c{}", hash % CHANGES)
}

/// The maximum sums before the amount is added; `None` if the amount alone exceeds a cap.
fn room(cap: Cap, amount: Spend) -> Option<Cap> {
    let room = |cap: Option<u64>, amount| match cap {
        Some(cap) => cap.checked_sub(amount).map(Some),
        None => Some(None),
    };
    Some(Cap {
        tokens: room(cap.tokens, amount.tokens)?,
        nanodollars: room(cap.nanodollars, amount.nanodollars)?,
    })
}

/// Decodes a reservation that has expired. One that cannot be decoded never expires.
fn expired(row: &Item, prefix: &str, like: &Reservation, now: Timestamp) -> Option<Reservation> {
    let until = Timestamp::from_millisecond(number(row, "until_ms")?.try_into().ok()?).ok()?;
    (until <= now).then_some(Reservation {
        id: string(row, "sk")?.strip_prefix(prefix)?.to_owned(),
        account: like.account.clone(),
        day: like.day,
        amount: Spend {
            tokens: number(row, "tokens")?,
            nanodollars: number(row, "nanodollars")?,
        },
    })
}

/// When the row expires, in seconds since the epoch: one day after the end of its day.
fn expires_at(day: Date) -> i64 {
    let midnight = day.saturating_add(2.days()).to_datetime(Time::midnight());
    TimeZone::UTC
        .to_timestamp(midnight)
        .unwrap_or(Timestamp::MAX)
        .as_second()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::UserId, ports::Account};

    const AMOUNT: Spend = Spend {
        tokens: 900,
        nanodollars: 40,
    };

    fn reservation(id: &str) -> Reservation {
        Reservation {
            id: id.into(),
            account: Account::User(UserId::anonymous()),
            day: jiff::civil::date(2026, 1, 31),
            amount: AMOUNT,
        }
    }

    #[test]
    fn an_amount_above_the_cap_has_no_room() {
        let cap = |tokens, nanodollars| Cap { tokens, nanodollars };
        assert_eq!(room(cap(None, None), AMOUNT), Some(cap(None, None)));
        assert_eq!(room(cap(Some(900), None), AMOUNT), Some(cap(Some(0), None)));
        assert_eq!(room(cap(Some(1000), Some(39)), AMOUNT), None);
        assert_eq!(room(cap(Some(899), None), AMOUNT), None);
    }

    #[test]
    fn a_reservation_expires() {
        let reserved_at = Timestamp::from_second(1_769_860_800).unwrap();
        let (like, one) = (reservation("asking"), reservation("one"));
        let end = reserved_at + RESERVATION_TTL;
        let mut row = Key::reservation(&one.account, one.day, &one.id).attributes();
        row.insert("tokens".into(), n(900));
        row.insert("nanodollars".into(), n(40));
        row.insert("until_ms".into(), n(end.as_millisecond()));
        let prefix = Key::reservation(&like.account, like.day, "").sk;
        let just_before = Timestamp::from_millisecond(end.as_millisecond() - 1).unwrap();
        assert_eq!(expired(&row, &prefix, &like, just_before), None);
        assert_eq!(expired(&row, &prefix, &like, end), Some(one));
        row.remove("until_ms");
        assert_eq!(expired(&row, &prefix, &like, end), None, "it cannot be decoded");
    }

    #[test]
    fn a_row_expires_two_days_after_its_day_began() {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        assert_eq!(
            expires_at(jiff::civil::date(2026, 1, 31)),
            second("2026-02-02T00:00:00Z")
        );
        assert!(expires_at(Date::MAX) >= second("9999-12-30T00:00:00Z"));
    }
}
