//! What a scheduled health check found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stage::{Stage, StageStatus};

/// One run of the scheduled health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRun {
    /// When it ran.
    pub at: Timestamp,
    /// The time between two runs, in seconds.
    pub interval_s: u64,
    /// One for each dependency and provider. `reason` is a fixed text or the class of the failure.
    pub checks: Vec<Stage>,
}

impl HealthRun {
    /// Returns the names of what did not respond.
    pub fn failed(&self) -> Vec<&str> {
        let failed = self.checks.iter().filter(|check| check.status != StageStatus::Ok);
        failed.map(|check| check.name.as_str()).collect()
    }
}
