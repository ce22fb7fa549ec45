//! What DynamoDB says a call cost, added to the count of the invocation.

use aws_sdk_dynamodb::types::ConsumedCapacity;

use crate::meter::{self, Units};

/// Counts a read.
pub(super) fn read<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    meter::add(Units {
        read: total(consumed),
        write: 0.0,
    });
}

/// Counts a write.
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
