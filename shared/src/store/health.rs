//! Open circuits in the access table: one row per provider and model, all in one partition.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use super::{
    access::Access,
    capacity, condition,
    key::{self, HEALTH_PK, Key},
    retry,
    rows::{Item, SCHEMA, n, number, s, string},
};
use crate::ports::{OpenCircuit, ProviderHealth, StoreError};

/// How long a row is kept after its cooldown, in seconds.
const RETENTION_SECONDS: i64 = 24 * 3600;

#[async_trait]
impl ProviderHealth for Access {
    /// Reads one page, eventually consistently. A page of 1 MB holds thousands of rows, more than any configuration has
    /// models.
    async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .filter_expression("until_ms > :now")
            .expression_attribute_values(":pk", s(HEALTH_PK))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("Query", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        output.items().iter().map(read).collect()
    }

    /// Does nothing if the stored cooldown ends later.
    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row(circuit)))
            .condition_expression("attribute_not_exists(pk) OR until_ms < :until")
            .expression_attribute_values(":until", n(circuit.until.as_millisecond()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Ok(output) = condition::write("PutItem", || put.clone().send()).await? {
            capacity::written(output.consumed_capacity());
        }
        Ok(())
    }
}

fn row(circuit: &OpenCircuit) -> Item {
    let mut row = Key::health(&circuit.provider, &circuit.model).attributes();
    row.insert("until_ms".into(), n(circuit.until.as_millisecond()));
    row.insert("reason".into(), s(&circuit.reason));
    row.insert(
        "expires_at".into(),
        n(circuit.until.as_second() + RETENTION_SECONDS),
    );
    row.insert("schema".into(), n(SCHEMA));
    row
}

fn read(row: &Item) -> Result<OpenCircuit, StoreError> {
    let parts = || {
        let (provider, model) = string(row, "sk").and_then(key::parse_health)?;
        Some(OpenCircuit {
            provider,
            model,
            until: Timestamp::from_millisecond(number(row, "until_ms")?.try_into().ok()?).ok()?,
            reason: string(row, "reason")?.to_owned(),
        })
    };
    parts().ok_or_else(|| StoreError::Corrupt {
        row: "provider's health",
        reason: "its key, time or reason does not parse".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_circuit_round_trips() {
        let circuit = OpenCircuit {
            provider: "a#b".into(),
            model: "vendor/model:free".into(),
            until: Timestamp::from_millisecond(1_769_860_800_123).unwrap(),
            reason: "http 429".into(),
        };
        let row = row(&circuit);
        assert_eq!(read(&row).unwrap(), circuit);
        assert_eq!(number(&row, "expires_at"), Some(1_769_860_800 + 86_400));
    }

    #[test]
    fn a_row_without_its_time_is_corrupt() {
        let row = Key::health("a", "b").attributes();
        assert!(matches!(read(&row), Err(StoreError::Corrupt { .. })));
    }
}
