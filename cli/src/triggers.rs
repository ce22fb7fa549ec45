//! The streams of tables: hands their records to functions, as Lambda's event source mappings do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use dynoxide::Database;
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;

use crate::local_dynamodb::LocalDynamoDb;
use crate::logs::LogSink;
use crate::pool::Pool;
use crate::tasks::Tasks;
use crate::template::{Template, Trigger};

/// Between two looks at a stream. Lambda takes four looks a second.
const POLL: Duration = Duration::from_millis(50);
/// The wait before a failed record is delivered again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Delivers the records of every stream that the template gives to a function, from the oldest on, until the cloud ends.
pub(crate) fn start(
    template: &Template,
    database: &LocalDynamoDb,
    pool: &Arc<Pool>,
    tasks: &Tasks,
    logs: &LogSink,
) -> anyhow::Result<()> {
    for function in &template.functions {
        for trigger in &function.triggers {
            check(&trigger.patterns)?;
            let stream = Stream::of(database.database(), &trigger.table)
                .with_context(|| format!("{}: the stream of {}", function.logical_id, trigger.table))?;
            let delivery = Delivery {
                function: function.binary.clone(),
                trigger: trigger.clone(),
                at_once: Arc::new(Semaphore::new(trigger.at_once)),
                pool: Arc::clone(pool),
                logs: logs.clone(),
            };
            tasks.spawn(follow(stream, Arc::new(delivery), tasks.clone()));
        }
    }
    Ok(())
}

/// Where a reader of a stream is. One that is embedded has one shard.
struct Stream {
    database: Database,
    arn: String,
    iterator: String,
}

impl Stream {
    fn of(database: Database, table: &str) -> anyhow::Result<Self> {
        let described = database.describe_table(serde_json::from_value(json!({ "TableName": table }))?)?;
        let described = serde_json::to_value(described)?;
        let Some(arn) = described["Table"]["LatestStreamArn"].as_str() else {
            bail!("the table has none; remove the data directory to start anew");
        };
        let stream = database.describe_stream(serde_json::from_value(json!({ "StreamArn": arn }))?)?;
        let [shard] = stream.stream_description.shards.as_slice() else {
            bail!("it has not one shard");
        };
        let from =
            json!({ "StreamArn": arn, "ShardId": shard.shard_id, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = database
            .get_shard_iterator(serde_json::from_value(from)?)?
            .shard_iterator;
        Ok(Self {
            arn: arn.to_owned(),
            iterator: iterator.context("it cannot be read")?,
            database,
        })
    }

    /// The records that have come since, as a function is given them.
    fn next(&mut self) -> anyhow::Result<Vec<Json>> {
        let from = json!({ "ShardIterator": self.iterator, "Limit": 100 });
        let read = self.database.get_records(serde_json::from_value(from)?)?;
        self.iterator = read.next_shard_iterator.context("the stream has ended")?;
        let records = read.records.iter().map(|record| {
            let mut record = serde_json::to_value(record)?;
            record["eventSourceARN"] = json!(self.arn);
            Ok(record)
        });
        records.collect()
    }
}

/// How records get to a function.
struct Delivery {
    function: String,
    trigger: Trigger,
    at_once: Arc<Semaphore>,
    pool: Arc<Pool>,
    logs: LogSink,
}

async fn follow(mut stream: Stream, delivery: Arc<Delivery>, tasks: Tasks) {
    loop {
        let records = match stream.next() {
            Ok(records) => records,
            Err(error) => {
                delivery
                    .logs
                    .line(&delivery.function, &format!("stream: {error:#}"));
                return;
            }
        };
        if records.is_empty() {
            tokio::time::sleep(POLL).await;
        }
        for record in records {
            let patterns = &delivery.trigger.patterns;
            if !patterns.is_empty() && !patterns.iter().any(|pattern| fits(pattern, &record)) {
                continue;
            }
            let Ok(permit) = Arc::clone(&delivery.at_once).acquire_owned().await else {
                return;
            };
            let delivery = Arc::clone(&delivery);
            tasks.spawn(async move {
                delivery.deliver(record).await;
                drop(permit);
            });
        }
    }
}

impl Delivery {
    async fn deliver(&self, record: Json) {
        let event = json!({ "Records": [record] }).to_string();
        let mut wait = FIRST_WAIT;
        for retries_left in (0..=self.trigger.retries).rev() {
            // The pool logs what failed.
            if self
                .pool
                .invoke(&self.function, event.clone().into())
                .await
                .is_ok()
            {
                return;
            }
            if retries_left > 0 {
                tokio::time::sleep(wait).await;
                wait = LONGEST_WAIT.min(wait * 2);
            }
        }
        let retries = self.trigger.retries;
        let line = format!("a record was given up after {retries} retries");
        self.logs.line(&self.function, &line);
    }
}

/// The kinds of patterns that [`fits`] knows: objects of lists of plain values.
fn check(patterns: &[Json]) -> anyhow::Result<()> {
    for pattern in patterns {
        match pattern {
            Json::Object(parts) => check(&parts.values().cloned().collect::<Vec<_>>())?,
            Json::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {}
            other => bail!("the pattern {other} of a FilterCriteria is not understood here"),
        }
    }
    Ok(())
}

/// Whether an event has one of the listed values at each place that the pattern names
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>).
fn fits(pattern: &Json, event: &Json) -> bool {
    match pattern {
        Json::Object(parts) => parts.iter().all(|(name, part)| fits(part, &event[name])),
        Json::Array(values) => values.contains(event),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_fits_when_every_place_has_one_of_the_values() {
        let pattern = json!({ "eventName": ["INSERT"], "dynamodb": { "NewImage": { "status": { "S": ["pending", "new"] } } } });
        check(std::slice::from_ref(&pattern)).unwrap();
        let event = |name: &str, status: Json| json!({ "eventName": name, "dynamodb": { "NewImage": { "status": status } } });
        assert!(fits(&pattern, &event("INSERT", json!({ "S": "pending" }))));
        assert!(!fits(&pattern, &event("MODIFY", json!({ "S": "pending" }))));
        assert!(!fits(&pattern, &event("INSERT", json!({ "S": "completed" }))));
        assert!(!fits(&pattern, &event("INSERT", json!("pending"))));
        assert!(!fits(&pattern, &json!({})));
    }

    #[test]
    fn other_kinds_of_patterns_are_refused() {
        for pattern in [
            json!("INSERT"),
            json!({ "a": [{ "prefix": "b" }] }),
            json!({ "a": 1 }),
        ] {
            assert!(check(&[pattern]).is_err());
        }
    }
}
