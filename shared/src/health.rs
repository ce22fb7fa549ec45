//! The health check: probes all dependencies of the deployment concurrently, each with its own timeout.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use serde::{Deserialize, Serialize};

use crate::{
    deadline::Deadline,
    domain::{Stage, StageStatus},
    isolate::branch,
    ports::Probe,
};

/// The timeout of one probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

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
}

impl Health {
    /// Returns the liveness report: this function runs, no dependency was probed.
    pub fn live() -> Self {
        Self {
            status: "up".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks: Vec::new(),
        }
    }

    /// Returns whether every dependency answered.
    pub fn is_up(&self) -> bool {
        self.checks.iter().all(|check| check.status == StageStatus::Ok)
    }
}

/// Probes every dependency concurrently.
pub async fn check(probes: &[Arc<dyn Probe>], deadline: Deadline) -> Health {
    let checks = probes.iter().map(|probe| async move {
        branch(probe.name(), deadline.cap(PROBE_TIMEOUT), async {
            probe.probe().await
        })
        .await
        .stage
    });
    let mut health = Health {
        checks: join_all(checks).await,
        ..Health::live()
    };
    if !health.is_up() {
        health.status = "down".to_owned();
    }
    health
}
