//! Event source mappings: polls `DynamoDB` streams and invokes functions with their records
//! (<https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>).

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use dynoxide::Database;
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;

use crate::local_dynamodb::LocalDynamoDb;
use crate::logs::LogSink;
use crate::pool::Pool;
use crate::stream_records;
use crate::tasks::Tasks;
use crate::template::{Template, Trigger};

/// The pause between polls of an empty stream. Lambda polls four times a second.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The delay before the first retry of a record; it doubles with each further retry.
const INITIAL_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// Starts one poller per trigger in the template. Each delivers its stream from the oldest record until the cloud stops.
pub(crate) fn start(
    template: &Template,
    database: &LocalDynamoDb,
    pool: &Arc<Pool>,
    tasks: &Tasks,
    logs: &LogSink,
) -> anyhow::Result<()> {
    let triggers = template.functions.iter().flat_map(|function| &function.triggers);
    stream_records::keep_only_matching(database.sqlite(), triggers)?;
    for function in &template.functions {
        for trigger in &function.triggers {
            validate(&trigger.patterns)?;
            let stream = StreamReader::open(database.database(), &trigger.table)
                .with_context(|| format!("{}: the stream of {}", function.logical_id, trigger.table))?;
            let delivery = Delivery {
                function: function.binary.clone(),
                trigger: trigger.clone(),
                permits: Arc::new(Semaphore::new(trigger.parallelization_factor)),
                pool: Arc::clone(pool),
                logs: logs.clone(),
            };
            tasks.spawn(poll(stream, Arc::new(delivery), tasks.clone()));
        }
    }
    Ok(())
}

/// A reader's position in a stream. Streams of the embedded database have one shard.
struct StreamReader {
    database: Database,
    arn: String,
    iterator: String,
}

impl StreamReader {
    fn open(database: Database, table: &str) -> anyhow::Result<Self> {
        let described = database.describe_table(serde_json::from_value(json!({ "TableName": table }))?)?;
        let described = serde_json::to_value(described)?;
        let Some(arn) = described["Table"]["LatestStreamArn"].as_str() else {
            bail!("another version wrote the table (it has no stream); delete it with `cargo dev --fresh`");
        };
        let stream = database.describe_stream(serde_json::from_value(json!({ "StreamArn": arn }))?)?;
        let [shard] = stream.stream_description.shards.as_slice() else {
            bail!("the stream does not have exactly one shard");
        };
        let from =
            json!({ "StreamArn": arn, "ShardId": shard.shard_id, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = database
            .get_shard_iterator(serde_json::from_value(from)?)?
            .shard_iterator;
        Ok(Self {
            arn: arn.to_owned(),
            iterator: iterator.context("the stream has no shard iterator")?,
            database,
        })
    }

    /// Reads up to 100 new records, in the shape that Lambda passes to functions.
    fn read_next(&mut self) -> anyhow::Result<Vec<Json>> {
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

/// Delivers a stream's records to one function.
struct Delivery {
    function: String,
    trigger: Trigger,
    permits: Arc<Semaphore>,
    pool: Arc<Pool>,
    logs: LogSink,
}

async fn poll(mut stream: StreamReader, delivery: Arc<Delivery>, tasks: Tasks) {
    loop {
        let records = match stream.read_next() {
            Ok(records) => records,
            Err(error) => {
                delivery
                    .logs
                    .line(&delivery.function, &format!("cannot read the stream: {error:#}"));
                return;
            }
        };
        if records.is_empty() {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        for record in records {
            let patterns = &delivery.trigger.patterns;
            if !patterns.is_empty() && !patterns.iter().any(|pattern| matches_pattern(pattern, &record)) {
                continue;
            }
            let Ok(permit) = Arc::clone(&delivery.permits).acquire_owned().await else {
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
        let mut backoff = INITIAL_BACKOFF;
        for retries_left in (0..=self.trigger.max_retries).rev() {
            // The pool logs the failure.
            if self
                .pool
                .invoke_buffered(&self.function, event.clone().into())
                .await
                .is_ok()
            {
                return;
            }
            if retries_left > 0 {
                tokio::time::sleep(backoff).await;
                backoff = MAX_BACKOFF.min(backoff * 2);
            }
        }
        let retries = self.trigger.max_retries;
        let line = format!("discarded a stream record after {retries} retries");
        self.logs.line(&self.function, &line);
    }
}

/// Rejects filter patterns that [`matches_pattern`] does not support: anything but objects of lists of plain values.
fn validate(patterns: &[Json]) -> anyhow::Result<()> {
    for pattern in patterns {
        match pattern {
            Json::Object(parts) => validate(&parts.values().cloned().collect::<Vec<_>>())?,
            Json::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {}
            other => bail!("the local cloud does not support the FilterCriteria pattern {other}"),
        }
    }
    Ok(())
}

/// Whether an event has one of the listed values at each path of the pattern
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>).
fn matches_pattern(pattern: &Json, event: &Json) -> bool {
    match pattern {
        Json::Object(parts) => parts
            .iter()
            .all(|(name, part)| matches_pattern(part, &event[name])),
        Json::Array(values) => values.contains(event),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_matches_when_every_path_has_one_of_the_values() {
        let pattern = json!({ "eventName": ["INSERT"], "dynamodb": { "NewImage": { "status": { "S": ["pending", "new"] } } } });
        validate(std::slice::from_ref(&pattern)).unwrap();
        let event = |name: &str, status: Json| json!({ "eventName": name, "dynamodb": { "NewImage": { "status": status } } });
        assert!(matches_pattern(
            &pattern,
            &event("INSERT", json!({ "S": "pending" }))
        ));
        assert!(!matches_pattern(
            &pattern,
            &event("MODIFY", json!({ "S": "pending" }))
        ));
        assert!(!matches_pattern(
            &pattern,
            &event("INSERT", json!({ "S": "completed" }))
        ));
        assert!(!matches_pattern(&pattern, &event("INSERT", json!("pending"))));
        assert!(!matches_pattern(&pattern, &json!({})));
    }

    #[test]
    fn other_kinds_of_patterns_are_refused() {
        for pattern in [
            json!("INSERT"),
            json!({ "a": [{ "prefix": "b" }] }),
            json!({ "a": 1 }),
        ] {
            assert!(validate(&[pattern]).is_err());
        }
    }
}
