//! Spending under its caps: one row for each account and day, with the sums and every open reservation.
//!
//! `tokens` and `nanodollars` count what is spent and what is reserved. A reservation is an attribute of its own,
//! `r#{id}`, so that one conditional write holds the sum, the cap and the reservation together, and no write reads first.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use futures::future::try_join_all;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{
    Access, capacity,
    error::failed,
    key::Key,
    rows::{Item, n, number},
};
use crate::ports::{Cap, RESERVATION_LIFE, Reservation, Spend, SpendLedger, StoreError};

/// Before the id in the name of a reservation's attribute.
const RESERVATION_PREFIX: &str = "r#";
/// How many reservations are given back at once.
const GIVEN_BACK_AT_ONCE: usize = 16;

#[async_trait]
impl SpendLedger for Access {
    /// One write. When the cap refuses it and lives of others have ended, one write for each of those and one more.
    async fn reserve(&self, reservation: &Reservation, cap: Cap, now: Timestamp) -> Result<bool, StoreError> {
        let Some(room) = room(cap, reservation.amount) else {
            return Ok(false);
        };
        let (held, row) = self.try_to_reserve(reservation, room, now).await?;
        let expired = expired(&row, reservation, now);
        if held {
            // Where no cap ever refuses, this alone keeps rows from growing: each new reservation takes one old away.
            // It is held whether that succeeds or not; the next one tries again.
            if let Some(one) = expired.first() {
                let _ = self.settle(one, Spend::default()).await;
            }
            return Ok(true);
        }
        if expired.is_empty() {
            return Ok(false);
        }
        for some in expired.chunks(GIVEN_BACK_AT_ONCE) {
            try_join_all(some.iter().map(|one| self.settle(one, Spend::default()))).await?;
        }
        let (held, _) = self.try_to_reserve(reservation, room, now).await?;
        Ok(held)
    }

    async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError> {
        let difference = |spent: u64, reserved: u64| n(i128::from(spent) - i128::from(reserved));
        let amount = reservation.amount;
        let settled = self
            .update(reservation)
            .update_expression("REMOVE #r ADD tokens :tokens, nanodollars :nanodollars")
            .condition_expression("attribute_exists(#r)")
            .expression_attribute_values(":tokens", difference(spent.tokens, amount.tokens))
            .expression_attribute_values(":nanodollars", difference(spent.nanodollars, amount.nanodollars))
            .send()
            .await
            .map_err(failed("UpdateItem"));
        match settled {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok(())
            }
            // It was settled before, or given back because its life had ended.
            Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Access {
    /// Whether it is held now, and the row with all reservations.
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
        match update.condition_expression(condition).send().await {
            Ok(output) => {
                capacity::written(output.consumed_capacity());
                Ok((true, output.attributes.unwrap_or_default()))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let row = refused.item().cloned().unwrap_or_default();
                    // It is there already when an attempt succeeded whose response was lost.
                    Ok((row.contains_key(&name(reservation)), row))
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    /// An update of the row in which `#r` is the reservation.
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

/// What the sums may be at most before the amount is added; `None` when it is more than a cap by itself.
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

fn name(reservation: &Reservation) -> String {
    format!("{RESERVATION_PREFIX}{}", reservation.id)
}

fn attribute(amount: Spend, now: Timestamp) -> AttributeValue {
    let until_ms = i128::from(now.as_millisecond()) + RESERVATION_LIFE.as_millis() as i128;
    AttributeValue::M(Item::from([
        ("tokens".into(), n(amount.tokens)),
        ("nanodollars".into(), n(amount.nanodollars)),
        ("until_ms".into(), n(until_ms)),
    ]))
}

/// The reservations of the row whose life has ended. One that does not parse stays held.
fn expired(row: &Item, of: &Reservation, now: Timestamp) -> Vec<Reservation> {
    let parse = |(name, value): (&String, &AttributeValue)| {
        let id = name.strip_prefix(RESERVATION_PREFIX)?;
        let fields = value.as_m().ok()?;
        let until = Timestamp::from_millisecond(number(fields, "until_ms")?.try_into().ok()?).ok()?;
        (until <= now).then_some(Reservation {
            id: id.to_owned(),
            account: of.account.clone(),
            day: of.day,
            amount: Spend {
                tokens: number(fields, "tokens")?,
                nanodollars: number(fields, "nanodollars")?,
            },
        })
    };
    row.iter().filter_map(parse).collect()
}

/// When the row may go, in seconds since the epoch: a whole day after its day has ended.
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
    fn what_is_more_than_a_cap_by_itself_has_no_room() {
        let cap = |tokens, nanodollars| Cap { tokens, nanodollars };
        assert_eq!(room(cap(None, None), AMOUNT), Some(cap(None, None)));
        assert_eq!(room(cap(Some(900), None), AMOUNT), Some(cap(Some(0), None)));
        assert_eq!(room(cap(Some(1000), Some(39)), AMOUNT), None);
        assert_eq!(room(cap(Some(899), None), AMOUNT), None);
    }

    #[test]
    fn a_reservation_ends_when_its_life_has_passed() {
        let made = Timestamp::from_second(1_769_860_800).unwrap();
        let of = reservation("asking");
        let mut row = Key::spend(&of.account, of.day).attributes();
        row.insert("tokens".into(), n(900));
        row.insert("r#one".into(), attribute(AMOUNT, made));
        row.insert("r#unreadable".into(), n(1));
        let end = made + RESERVATION_LIFE;
        let just_before = Timestamp::from_millisecond(end.as_millisecond() - 1).unwrap();
        assert_eq!(expired(&row, &of, just_before), []);
        assert_eq!(expired(&row, &of, end), [reservation("one")]);
    }

    #[test]
    fn a_row_goes_two_days_after_its_day_began() {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        assert_eq!(
            expires_at(jiff::civil::date(2026, 1, 31)),
            second("2026-02-02T00:00:00Z")
        );
        assert!(expires_at(Date::MAX) >= second("9999-12-30T00:00:00Z"));
    }
}
