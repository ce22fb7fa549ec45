//! Spending caps in the access table: one row per account and day, with the sums and every open reservation.
//!
//! `tokens` and `nanodollars` are the sums of spent and reserved amounts. Each reservation is an attribute `r#{id}` of the
//! row, so one conditional write checks the cap, adds to the sums and stores the reservation, without reading first.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use futures::future::try_join_all;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{
    access::Access,
    capacity, condition,
    key::Key,
    rows::{Item, n, number},
};
use crate::ports::{Cap, RESERVATION_TTL, Reservation, Spend, SpendLedger, StoreError};

/// Prefix of the attributes that hold reservations, before the id.
const RESERVATION_PREFIX: &str = "r#";
/// Number of expired reservations that are returned concurrently.
const RETURN_CONCURRENCY: usize = 16;

#[async_trait]
impl SpendLedger for Access {
    /// Takes one write. If the cap does not allow it and other reservations have expired, it takes one more write for each
    /// of those, and a second attempt.
    async fn reserve(&self, reservation: &Reservation, cap: Cap, now: Timestamp) -> Result<bool, StoreError> {
        let Some(room) = room(cap, reservation.amount) else {
            return Ok(false);
        };
        let (reserved, row) = self.try_to_reserve(reservation, room, now).await?;
        let expired = expired(&row, reservation, now);
        if reserved {
            // Each reservation also returns one that has expired: without a cap, nothing else keeps the row from growing.
            // Errors do not matter, because the next reservation tries again.
            if let Some(one) = expired.first() {
                let _ = self.settle(one, Spend::default()).await;
            }
            return Ok(true);
        }
        if expired.is_empty() {
            return Ok(false);
        }
        for batch in expired.chunks(RETURN_CONCURRENCY) {
            try_join_all(batch.iter().map(|one| self.settle(one, Spend::default()))).await?;
        }
        let (reserved, _) = self.try_to_reserve(reservation, room, now).await?;
        Ok(reserved)
    }

    async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError> {
        let difference = |spent: u64, reserved: u64| n(i128::from(spent) - i128::from(reserved));
        let amount = reservation.amount;
        let update = self
            .update(reservation)
            .update_expression("REMOVE #r ADD tokens :tokens, nanodollars :nanodollars")
            .condition_expression("attribute_exists(#r)")
            .expression_attribute_values(":tokens", difference(spent.tokens, amount.tokens))
            .expression_attribute_values(":nanodollars", difference(spent.nanodollars, amount.nanodollars));
        // If it is refused, it was already settled, or returned because it had expired.
        if let Ok(output) = condition::write("UpdateItem", || update.clone().send()).await? {
            capacity::written(output.consumed_capacity());
        }
        Ok(())
    }
}

impl Access {
    /// Tries to reserve once. Returns whether the reservation exists now, and the row with all reservations.
    async fn try_to_reserve(
        &self,
        reservation: &Reservation,
        room: Cap,
        now: Timestamp,
    ) -> Result<(bool, Item), StoreError> {
        let amount = reservation.amount;
        let mut condition = "attribute_not_exists(#r)".to_owned();
        let mut update = self
            .update(reservation)
            .update_expression(
                "SET #r = :reservation, expires_at = :expires ADD tokens :tokens, nanodollars :nanodollars",
            )
            .expression_attribute_values(":reservation", attribute(amount, now))
            .expression_attribute_values(":expires", n(expires_at(reservation.day)))
            .expression_attribute_values(":tokens", n(amount.tokens))
            .expression_attribute_values(":nanodollars", n(amount.nanodollars))
            .return_values(ReturnValue::AllNew)
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
                Ok((true, output.attributes.unwrap_or_default()))
            }
            // The reservation exists if an earlier attempt succeeded and its response was lost.
            Err(row) => Ok((row.contains_key(&name(reservation)), row)),
        }
    }

    /// Starts an update of the row; `#r` is the attribute of the reservation.
    fn update(&self, reservation: &Reservation) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(
                Key::spend(&reservation.account, reservation.day).attributes(),
            ))
            .expression_attribute_names("#r", name(reservation))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
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

/// Name of the attribute that holds a reservation.
fn name(reservation: &Reservation) -> String {
    format!("{RESERVATION_PREFIX}{}", reservation.id)
}

/// Value of the attribute that holds a reservation.
fn attribute(amount: Spend, now: Timestamp) -> AttributeValue {
    let until_ms = i128::from(now.as_millisecond()) + RESERVATION_TTL.as_millis() as i128;
    AttributeValue::M(Item::from([
        ("tokens".into(), n(amount.tokens)),
        ("nanodollars".into(), n(amount.nanodollars)),
        ("until_ms".into(), n(until_ms)),
    ]))
}

/// Returns the expired reservations of a row; `like` supplies account and day. One that cannot be decoded never expires.
fn expired(row: &Item, like: &Reservation, now: Timestamp) -> Vec<Reservation> {
    let parse = |(name, value): (&String, &AttributeValue)| {
        let id = name.strip_prefix(RESERVATION_PREFIX)?;
        let fields = value.as_m().ok()?;
        let until = Timestamp::from_millisecond(number(fields, "until_ms")?.try_into().ok()?).ok()?;
        (until <= now).then_some(Reservation {
            id: id.to_owned(),
            account: like.account.clone(),
            day: like.day,
            amount: Spend {
                tokens: number(fields, "tokens")?,
                nanodollars: number(fields, "nanodollars")?,
            },
        })
    };
    row.iter().filter_map(parse).collect()
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
        let like = reservation("asking");
        let mut row = Key::spend(&like.account, like.day).attributes();
        row.insert("tokens".into(), n(900));
        row.insert("r#one".into(), attribute(AMOUNT, reserved_at));
        row.insert("r#unreadable".into(), n(1));
        let end = reserved_at + RESERVATION_TTL;
        let just_before = Timestamp::from_millisecond(end.as_millisecond() - 1).unwrap();
        assert_eq!(expired(&row, &like, just_before), []);
        assert_eq!(expired(&row, &like, end), [reservation("one")]);
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
