//! Consumed capacity: adds what DynamoDB reports to the totals of the invocation.

use aws_sdk_dynamodb::types::ConsumedCapacity;

use crate::meter::{self, Units};

/// Adds consumed read units.
pub(super) fn read<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    meter::add(Units {
        read: total(consumed),
        write: 0.0,
    });
}

/// Adds consumed write units.
pub(super) fn written<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    meter::add(Units {
        read: 0.0,
        write: total(consumed),
    });
}

fn total<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed
        .into_iter()
        .filter_map(|capacity| capacity.capacity_units)
        .sum()
}
