//! Health checks: of the tables by a request, of everything by a schedule. Each dependency is checked concurrently, with
//! its own timeout.

use std::{sync::Arc, time::Duration};

use futures::future::{join_all, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tracing::Level;

use crate::{
    deadline::Deadline,
    domain::{HealthRun, Stage, StageStatus},
    isolate::branch,
    llm::{ProviderCheck, Router},
    ports::{OpenCircuit, Probe, ProviderHealth, ReadHealth, RecordHealth, SharedHealth, StoreError},
    telemetry::{CHECKS, Line},
};

/// The timeout of one probe, and of one access to the shared health.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a circuit that a check opens stays open after the next check was due.
const CIRCUIT_SLACK: Duration = Duration::from_secs(60);
/// A run is late after this many intervals.
const LATE_AFTER: u64 = 2;

/// The state of this deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Health {
    /// `up`, or `down` when a dependency does not answer.
    pub status: String,
    /// The version that runs.
    pub version: String,
    /// One for each dependency.
    pub checks: Vec<Stage>,
    /// `GET /health` only: the last run of the scheduled health check, which also checks the model providers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "LastCheck"))]
    pub last_check: Option<LastCheck>,
    /// `GET /health` only: the models that are not called for a while after failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<CircuitState>"))]
    pub open_circuits: Option<Vec<CircuitState>>,
}

/// The last run of the scheduled health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LastCheck {
    /// What the run found, or that it is missing.
    pub status: LastCheckStatus,
    /// When it ran; null without a run.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub at: Option<Timestamp>,
    /// The age of the run in seconds; null without a run.
    pub age_seconds: Option<u64>,
    /// One for each dependency and model provider. `reason` is the kind of failure.
    pub checks: Vec<Stage>,
}

/// The state of the scheduled health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LastCheckStatus {
    /// Everything responded.
    Up,
    /// A dependency or model provider did not respond.
    Down,
    /// The last run is older than two intervals: the schedule does not run.
    Late,
    /// There was no run yet.
    None,
    /// The last run cannot be read.
    Unknown,
}

/// A model that is not called for a while after failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CircuitState {
    /// Name of the provider.
    pub provider: String,
    /// Name of the model.
    pub model: String,
    /// Until when it is not called.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub until: Timestamp,
    /// The kind of failure, as in `attempts` of an answer.
    pub reason: String,
}

impl Health {
    /// Returns the liveness report: this function runs, no dependency was probed.
    pub fn live() -> Self {
        Self {
            status: "up".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks: Vec::new(),
            last_check: None,
            open_circuits: None,
        }
    }

    /// Returns whether every dependency answered.
    pub fn is_up(&self) -> bool {
        self.checks.iter().all(|check| check.status == StageStatus::Ok)
    }
}

impl LastCheck {
    fn new(run: Option<HealthRun>, now: Timestamp) -> Self {
        let Some(run) = run else {
            return Self::without_run(LastCheckStatus::None);
        };
        let age_seconds = now.duration_since(run.at).as_secs().max(0) as u64;
        let status = match run.failed().is_empty() {
            _ if age_seconds > LATE_AFTER * run.interval_s => LastCheckStatus::Late,
            true => LastCheckStatus::Up,
            false => LastCheckStatus::Down,
        };
        Self {
            status,
            at: Some(run.at),
            age_seconds: Some(age_seconds),
            checks: run.checks,
        }
    }

    fn without_run(status: LastCheckStatus) -> Self {
        Self {
            status,
            at: None,
            age_seconds: None,
            checks: Vec::new(),
        }
    }
}

impl From<OpenCircuit> for CircuitState {
    fn from(circuit: OpenCircuit) -> Self {
        Self {
            provider: circuit.provider,
            model: circuit.model,
            until: circuit.until,
            reason: circuit.reason,
        }
    }
}

/// Probes every dependency concurrently.
async fn probe(probes: &[Arc<dyn Probe>], deadline: Deadline) -> Vec<Stage> {
    let checks = probes.iter().map(|probe| async move {
        branch(probe.name(), deadline.cap(PROBE_TIMEOUT), async {
            probe.probe().await
        })
        .await
        .stage
    });
    join_all(checks).await
}

/// Probes every dependency concurrently, and reads what the last scheduled check found.
pub async fn check(probes: &[Arc<dyn Probe>], shared: &dyn ReadHealth, deadline: Deadline) -> Health {
    let now = Timestamp::now();
    let shared = branch(
        "health.shared",
        deadline.cap(PROBE_TIMEOUT),
        shared.shared_health(now),
    );
    let (checks, shared) = tokio::join!(probe(probes, deadline), shared);
    let (last_check, open_circuits) = match shared.result {
        Ok(SharedHealth { last_run, circuits }) => (
            LastCheck::new(last_run, now),
            Some(circuits.into_iter().map(CircuitState::from).collect()),
        ),
        Err(_logged) => (LastCheck::without_run(LastCheckStatus::Unknown), None),
    };
    let mut health = Health {
        checks,
        last_check: Some(last_check),
        open_circuits,
        ..Health::live()
    };
    if !health.is_up() {
        health.status = "down".to_owned();
    }
    health
}

/// The scheduled health check: of the tables and of every model provider.
pub struct ScheduledCheck {
    /// The tables.
    pub probes: Vec<Arc<dyn Probe>>,
    /// The client of the providers.
    pub models: Router,
    /// The circuits that containers share.
    pub circuits: Arc<dyn ProviderHealth>,
    /// Where the run is recorded.
    pub record: Arc<dyn RecordHealth>,
}

impl ScheduledCheck {
    /// Checks everything concurrently, opens and closes the circuits of providers, and records the run. `interval` is the
    /// time until the next run. Whatever fails is a failed check of the run that is returned, a failed write included.
    pub async fn run(&self, interval: Duration, deadline: Deadline) -> HealthRun {
        let now = Timestamp::now();
        let (mut checks, providers) = tokio::join!(
            probe(&self.probes, deadline),
            self.models.check_providers(deadline)
        );
        checks.extend(providers.iter().map(|checked| checked.stage.clone()));
        let circuits = branch("health.circuits", PROBE_TIMEOUT, async {
            self.share_circuits(&providers, interval).await
        });
        checks.extend(failed(circuits.await.stage));
        let mut run = HealthRun {
            at: now,
            interval_s: interval.as_secs(),
            checks,
        };
        for check in &run.checks {
            let is_up = check.status == StageStatus::Ok;
            Line::new(Level::INFO, "dependency checked")
                .field("dependency", check.name.as_str())
                .field("up", u8::from(is_up))
                .field("check_ms", check.ms)
                .field("reason", check.reason.as_deref())
                .write(&[CHECKS]);
        }
        let recorded = branch("health.record", PROBE_TIMEOUT, self.record.record_run(&run)).await;
        run.checks.extend(failed(recorded.stage));
        run
    }

    /// Opens the circuits of providers that failed until the next run has decided, and closes those of the others that an
    /// earlier run opened.
    async fn share_circuits(
        &self,
        providers: &[ProviderCheck],
        interval: Duration,
    ) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let until = now + SignedDuration::try_from(interval + CIRCUIT_SLACK).unwrap_or_default();
        let failed = providers.iter().filter(|checked| checked.affects_calls);
        let opened = failed.flat_map(|checked| {
            checked.models.iter().map(|model| OpenCircuit {
                provider: checked.provider.clone(),
                model: model.clone(),
                until,
                reason: checked.stage.reason.clone().unwrap_or_default(),
                by_check: true,
            })
        });
        let opened: Vec<OpenCircuit> = opened.collect();
        let open = async {
            let writes = opened
                .iter()
                .map(|circuit| self.circuits.record_open_circuit(circuit));
            try_join_all(writes).await
        };
        let responds = |circuit: &OpenCircuit| {
            let mut up = providers.iter().filter(|one| one.stage.status == StageStatus::Ok);
            up.any(|checked| checked.provider == circuit.provider)
        };
        let close = async {
            let known = self.circuits.open_circuits(now).await?;
            let ended = known
                .iter()
                .filter(|circuit| circuit.by_check && responds(circuit));
            try_join_all(ended.map(|circuit| self.record.close_circuit(circuit, now))).await
        };
        let (opened, closed) = tokio::join!(open, close);
        opened.and(closed).map(|_written| ())
    }
}

/// A stage of the check's own work, if it did not succeed.
fn failed(stage: Stage) -> Option<Stage> {
    Some(stage).filter(|stage| stage.status != StageStatus::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_check_is_up_down_late_or_missing() {
        let at: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let last = |status: StageStatus, age: i64| {
            let run = HealthRun {
                at,
                interval_s: 300,
                checks: vec![Stage {
                    name: "dynamodb.access".into(),
                    status,
                    ms: 1,
                    reason: None,
                }],
            };
            let last = LastCheck::new(Some(run), at + SignedDuration::from_secs(age));
            (last.status, last.age_seconds.unwrap())
        };
        assert_eq!(last(StageStatus::Ok, 600), (LastCheckStatus::Up, 600));
        assert_eq!(last(StageStatus::TimedOut, 0), (LastCheckStatus::Down, 0));
        assert_eq!(last(StageStatus::Ok, 601), (LastCheckStatus::Late, 601));
        assert_eq!(
            last(StageStatus::Ok, -3),
            (LastCheckStatus::Up, 0),
            "clocks differ"
        );
        assert_eq!(LastCheck::new(None, at).status, LastCheckStatus::None);
    }
}
