//! Whether everything this deployment depends on answers: all probes at once, each with its own time.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use serde::{Deserialize, Serialize};

use crate::{
    deadline::Deadline,
    domain::{Stage, StageStatus},
    isolate::branch,
    ports::Probe,
};

/// The most time one probe gets.
const PROBE_CAP: Duration = Duration::from_secs(3);

/// How this deployment is.
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
    /// This function runs; nothing else was asked.
    pub fn live() -> Self {
        Self {
            status: "up".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks: Vec::new(),
        }
    }

    /// Whether every dependency answered.
    pub fn is_up(&self) -> bool {
        self.checks.iter().all(|check| check.status == StageStatus::Ok)
    }
}

/// Asks every dependency at once.
pub async fn check(probes: &[Arc<dyn Probe>], deadline: Deadline) -> Health {
    let checks = probes.iter().map(|probe| async move {
        branch(probe.name(), deadline.cap(PROBE_CAP), async {
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
