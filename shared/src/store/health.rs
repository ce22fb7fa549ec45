//! Health in the access table, all in one partition: a row for each circuit of a provider's model, and one for the last
//! health check.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use super::{
    access::Access,
    capacity, condition,
    key::{self, HEALTH_PK, HEALTH_RUN_SK, Key, PROVIDER_PREFIX},
    retry,
    rows::{Item, SCHEMA, n, number, s, string},
};
use crate::{
    domain::HealthRun,
    ports::{OpenCircuit, ProviderHealth, ReadHealth, RecordHealth, SharedHealth, StoreError},
};

/// How long a circuit's row is kept after its cooldown, and the row of a check after its run, in seconds.
const RETENTION_SECONDS: i64 = 24 * 3600;

impl Access {
    /// Reads one page of the rows from `first` on, eventually consistently, without circuits that are closed at `now`. A
    /// page of 1 MB holds thousands of rows, more than any configuration has models.
    async fn health_rows(&self, first: &str, now: Timestamp) -> Result<Vec<Item>, StoreError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk >= :first")
            .filter_expression("attribute_not_exists(until_ms) OR until_ms > :now")
            .expression_attribute_values(":pk", s(HEALTH_PK))
            .expression_attribute_values(":first", s(first))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("Query", || request.clone().send()).await?;
        capacity::read(output.consumed_capacity());
        Ok(output.items.unwrap_or_default())
    }

    /// Puts the row of a circuit if `condition` holds, which compares the stored `until_ms` with `:until`.
    async fn put_circuit(
        &self,
        circuit: &OpenCircuit,
        condition: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(circuit_row(circuit)))
            .condition_expression(condition)
            .expression_attribute_values(":until", n(until.as_millisecond()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Ok(output) = condition::write("PutItem", || put.clone().send()).await? {
            capacity::written(output.consumed_capacity());
        }
        Ok(())
    }
}

#[async_trait]
impl ProviderHealth for Access {
    async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError> {
        let rows = self.health_rows(PROVIDER_PREFIX, now).await?;
        rows.iter().map(read_circuit).collect()
    }

    /// Does nothing if the stored cooldown ends later.
    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError> {
        let condition = "attribute_not_exists(pk) OR until_ms < :until";
        self.put_circuit(circuit, condition, circuit.until).await
    }
}

#[async_trait]
impl ReadHealth for Access {
    async fn shared_health(&self, now: Timestamp) -> Result<SharedHealth, StoreError> {
        let rows = self.health_rows(HEALTH_RUN_SK, now).await?;
        let (runs, circuits): (Vec<&Item>, Vec<&Item>) = rows
            .iter()
            .partition(|row| string(row, "sk") == Some(HEALTH_RUN_SK));
        Ok(SharedHealth {
            last_run: runs.into_iter().map(read_run).next().transpose()?,
            circuits: circuits.into_iter().map(read_circuit).collect::<Result<_, _>>()?,
        })
    }
}

#[async_trait]
impl RecordHealth for Access {
    async fn record_run(&self, run: &HealthRun) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(run_row(run)?))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let output = retry::call("PutItem", || put.clone().send()).await?;
        capacity::written(output.consumed_capacity());
        Ok(())
    }

    async fn close_circuit(&self, circuit: &OpenCircuit, now: Timestamp) -> Result<(), StoreError> {
        let closed = OpenCircuit {
            until: now,
            ..circuit.clone()
        };
        self.put_circuit(&closed, "until_ms = :until", circuit.until)
            .await
    }
}

fn circuit_row(circuit: &OpenCircuit) -> Item {
    let mut row = Key::health(&circuit.provider, &circuit.model).attributes();
    row.insert("until_ms".into(), n(circuit.until.as_millisecond()));
    row.insert("reason".into(), s(&circuit.reason));
    if circuit.by_check {
        row.insert("by_check".into(), n(1));
    }
    row.insert(
        "expires_at".into(),
        n(circuit.until.as_second() + RETENTION_SECONDS),
    );
    row.insert("schema".into(), n(SCHEMA));
    row
}

fn read_circuit(row: &Item) -> Result<OpenCircuit, StoreError> {
    let parts = || {
        let (provider, model) = string(row, "sk").and_then(key::parse_health)?;
        Some(OpenCircuit {
            provider,
            model,
            until: time(row, "until_ms")?,
            reason: string(row, "reason")?.to_owned(),
            by_check: row.contains_key("by_check"),
        })
    };
    parts().ok_or_else(|| StoreError::Corrupt {
        row: "provider's health",
        reason: "its key, time or reason does not parse".into(),
    })
}

fn run_row(run: &HealthRun) -> Result<Item, StoreError> {
    let checks = serde_json::to_string(&run.checks).map_err(|error| corrupt_run(error.to_string()))?;
    let mut row = Key::health_run().attributes();
    row.insert("at_ms".into(), n(run.at.as_millisecond()));
    row.insert("interval_s".into(), n(run.interval_s));
    row.insert("checks".into(), s(checks));
    row.insert("expires_at".into(), n(run.at.as_second() + RETENTION_SECONDS));
    row.insert("schema".into(), n(SCHEMA));
    Ok(row)
}

fn read_run(row: &Item) -> Result<HealthRun, StoreError> {
    let checks = string(row, "checks").unwrap_or_default();
    let checks = serde_json::from_str(checks).map_err(|error| corrupt_run(error.to_string()))?;
    let parts = || {
        Some(HealthRun {
            at: time(row, "at_ms")?,
            interval_s: number(row, "interval_s")?,
            checks,
        })
    };
    parts().ok_or_else(|| corrupt_run("its time or interval does not parse".to_owned()))
}

fn time(row: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(number(row, name)?.try_into().ok()?).ok()
}

fn corrupt_run(reason: String) -> StoreError {
    StoreError::Corrupt {
        row: "health check",
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Stage, StageStatus};

    #[test]
    fn an_open_circuit_round_trips() {
        for by_check in [false, true] {
            let circuit = OpenCircuit {
                provider: "a#b".into(),
                model: "vendor/model:free".into(),
                until: Timestamp::from_millisecond(1_769_860_800_123).unwrap(),
                reason: "http 429".into(),
                by_check,
            };
            let row = circuit_row(&circuit);
            assert_eq!(read_circuit(&row).unwrap(), circuit);
            assert_eq!(number(&row, "expires_at"), Some(1_769_860_800 + 86_400));
        }
    }

    #[test]
    fn a_run_round_trips_and_expires() {
        let run = HealthRun {
            at: Timestamp::from_millisecond(1_769_860_800_123).unwrap(),
            interval_s: 300,
            checks: vec![Stage {
                name: "provider.a".into(),
                status: StageStatus::TimedOut,
                ms: 5000,
                reason: Some("timed_out".into()),
            }],
        };
        let row = run_row(&run).unwrap();
        assert_eq!(read_run(&row).unwrap(), run);
        assert_eq!(run.failed(), ["provider.a"]);
        assert_eq!(number(&row, "expires_at"), Some(1_769_860_800 + 86_400));
        let cut = Item::from([("checks".to_owned(), s("["))]);
        assert!(matches!(read_run(&cut), Err(StoreError::Corrupt { .. })));
    }

    #[test]
    fn a_row_without_its_time_is_corrupt() {
        let row = Key::health("a", "b").attributes();
        assert!(matches!(read_circuit(&row), Err(StoreError::Corrupt { .. })));
    }
}
