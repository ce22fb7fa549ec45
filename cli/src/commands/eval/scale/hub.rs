//! The server that is measured: one of its own in memory, whose capacity, calls and instances can be observed, or one that
//! is running.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use attest::{Cloud, CloudOptions, Profile};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use shared::testing::{DynamoDbCall, FaultProxy, Verdict};

use crate::{commands::workspace::workspace_root, server::Server};

/// How often a local cloud is checked for work in the background, and how long it must have been idle. Table streams are
/// polled every 50 ms, so that a longer pause means that nothing follows.
const IDLE_CHECK_INTERVAL: Duration = Duration::from_millis(250);
const IDLE_CHECKS: usize = 2;
/// How long work in the background may take.
const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(900);
const KNOWLEDGE: &str = "Knowledge";

/// A server, and what can be observed of it.
pub(super) struct Hub {
    pub(super) server: Server,
    pub(super) local: Option<LocalCloud>,
}

/// A local cloud whose functions reach DynamoDB through a proxy.
pub(super) struct LocalCloud {
    cloud: Cloud,
    calls: Arc<Calls>,
    _proxy: FaultProxy,
}

/// Calls of DynamoDB: how many there were, and how long each is delayed.
#[derive(Default)]
struct Calls {
    count: AtomicU64,
    delay_ms: AtomicU64,
}

/// Write units by function.
#[derive(Debug, Default)]
pub(super) struct WriteUnits(BTreeMap<String, f64>);

/// What is read of the log line of an invocation.
#[derive(Deserialize)]
struct LogLine {
    write_units: f64,
}

impl Hub {
    /// A server that is running.
    pub(super) fn running(server: Server) -> Self {
        Self { server, local: None }
    }

    /// A server of its own, with tables in memory.
    pub(super) async fn in_memory(profile: Profile) -> anyhow::Result<Self> {
        Self::in_memory_with(profile, |_call| Verdict::Forward).await
    }

    /// Like [`Hub::in_memory`], with a decision on each call of DynamoDB.
    pub(super) async fn in_memory_with(
        profile: Profile,
        decide: impl Fn(&DynamoDbCall) -> Verdict + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let calls = Arc::new(Calls::default());
        let counted = Arc::clone(&calls);
        let proxy = FaultProxy::start(move |call| {
            counted.count.fetch_add(1, Ordering::Relaxed);
            match (counted.delay_ms.load(Ordering::Relaxed), decide(call)) {
                (delay_ms @ 1.., Verdict::Forward) => Verdict::ForwardAfter(Duration::from_millis(delay_ms)),
                (_, verdict) => verdict,
            }
        })
        .await?;
        let options = CloudOptions {
            profile,
            ..CloudOptions::memory(workspace_root()?)
        };
        let through_proxy = |embedded: &str| {
            proxy.forward_to(embedded);
            Some(proxy.url().to_owned())
        };
        let cloud = Cloud::start_with(options, through_proxy).await?;
        Ok(Self {
            server: Server::new(cloud.url())?,
            local: Some(LocalCloud {
                cloud,
                calls,
                _proxy: proxy,
            }),
        })
    }

    /// Stops a server of its own; leaves a running one.
    pub(super) async fn stop(self) {
        if let Some(local) = self.local {
            local.cloud.stop().await;
        }
    }
}

impl LocalCloud {
    /// Ends every instance of the search function, so that the next search is a cold one.
    pub(super) fn end_search_instances(&self) {
        self.cloud.kill("search");
    }

    /// The number of calls of DynamoDB so far.
    pub(super) fn calls(&self) -> u64 {
        self.calls.count.load(Ordering::Relaxed)
    }

    /// Delays each call of DynamoDB from now on, by milliseconds.
    pub(super) fn delay_calls(&self, delay_ms: u64) {
        self.calls.delay_ms.store(delay_ms, Ordering::Relaxed);
    }

    /// Waits for work in the background, runs the sweep as its schedule does, and waits again. Returns how long the sweep took.
    pub(super) async fn finish_background_work(&self) -> anyhow::Result<Duration> {
        self.wait_until_idle().await?;
        let started = Instant::now();
        self.cloud.invoke("sweep", json!({})).await.context("the sweep")?;
        let took = started.elapsed();
        self.wait_until_idle().await?;
        Ok(took)
    }

    async fn wait_until_idle(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut last = (self.calls(), self.log_position());
        let mut unchanged = 0;
        while unchanged < IDLE_CHECKS {
            if started.elapsed() > BACKGROUND_TIMEOUT {
                bail!(
                    "functions are still at work after {} s",
                    BACKGROUND_TIMEOUT.as_secs()
                );
            }
            tokio::time::sleep(IDLE_CHECK_INTERVAL).await;
            let now = (self.calls(), self.log_position());
            unchanged = if now == last { unchanged + 1 } else { 0 };
            last = now;
        }
        Ok(())
    }

    /// A position in the log, for [`LocalCloud::write_units_since`].
    pub(super) fn log_position(&self) -> usize {
        self.cloud.logs().len()
    }

    /// The write units of all functions since a position of the log.
    pub(super) fn write_units_since(&self, position: usize) -> WriteUnits {
        WriteUnits::read(self.cloud.logs().iter().skip(position))
    }

    /// The stored bytes of all libraries: documents and index.
    pub(super) fn stored_bytes(&self) -> anyhow::Result<f64> {
        let request = serde_json::from_value(json!({ "TableName": KNOWLEDGE }))?;
        let described: Json = serde_json::to_value(self.cloud.database().describe_table(request)?)?;
        described["Table"]["TableSizeBytes"]
            .as_f64()
            .context("the size of the table is unknown")
    }
}

impl WriteUnits {
    /// Sums the log lines of invocations, each prefixed with the function's name.
    fn read<'a>(lines: impl Iterator<Item = &'a String>) -> Self {
        let mut units = Self::default();
        for line in lines {
            if let Some((function, line)) = line.split_once(" | ")
                && let Ok(LogLine { write_units }) = serde_json::from_str(line)
            {
                *units.0.entry(function.to_owned()).or_default() += write_units;
            }
        }
        units
    }

    /// Those of all functions.
    pub(super) fn total(&self) -> f64 {
        self.0.values().sum()
    }

    /// Those of the requests that ingest documents.
    pub(super) fn ingestion(&self) -> f64 {
        self.0.get("ingest-documents").copied().unwrap_or_default()
    }

    /// Those of other functions, which merge and sweep.
    pub(super) fn background(&self) -> f64 {
        self.total() - self.ingestion()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_units_are_summed_by_function_and_other_lines_are_skipped() {
        let lines = [
            r#"ingest-documents | {"message":"invocation","write_units":30.0,"read_units":1.0}"#,
            r#"ingest-documents | {"message":"invocation","write_units":2.5}"#,
            r#"sweep | {"message":"invocation","write_units":4.0}"#,
            r#"sweep | {"message":"something else"}"#,
            "sweep | not JSON",
            "no prefix",
        ]
        .map(str::to_owned);
        let units = WriteUnits::read(lines.iter());
        assert_eq!(
            (units.ingestion(), units.background(), units.total()),
            (32.5, 4.0, 36.5)
        );
    }
}
