//! One branch of the fan-out: it has its own time, and neither its failure nor its panic reaches the others.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::time::{Instant, timeout};

use crate::domain::{Stage, StageStatus};

/// How a branch ended.
#[derive(Debug)]
pub struct Branch<T, E> {
    /// The end as the answer shows it.
    pub stage: Stage,
    /// The end itself.
    pub outcome: Outcome<T, E>,
}

/// The ways a branch can end.
#[derive(Debug)]
pub enum Outcome<T, E> {
    /// With a result.
    Ok(T),
    /// Its time ran out.
    TimedOut,
    /// With a failure.
    Failed(E),
    /// In a panic.
    Panicked,
    /// It was not begun.
    Skipped,
}

/// Runs `work` for at most `budget`.
pub async fn branch<T, E: std::error::Error>(
    name: impl Into<String>,
    budget: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Branch<T, E> {
    let name = name.into();
    let started = Instant::now();
    let outcome = match timeout(budget, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(Ok(result))) => Outcome::Ok(result),
        Ok(Ok(Err(error))) => Outcome::Failed(error),
        Ok(Err(_panic)) => Outcome::Panicked,
        Err(_elapsed) => Outcome::TimedOut,
    };
    let (status, reason) = match &outcome {
        Outcome::Ok(_) | Outcome::Skipped => (StageStatus::Ok, None),
        Outcome::TimedOut => (
            StageStatus::TimedOut,
            Some(format!("no result within {} ms", budget.as_millis())),
        ),
        Outcome::Failed(error) => (StageStatus::Failed, Some(error.to_string())),
        Outcome::Panicked => (
            StageStatus::Failed,
            Some("it broke down; this has been logged".to_owned()),
        ),
    };
    let ms = started.elapsed().as_millis() as u64;
    match &outcome {
        Outcome::Failed(error) => {
            tracing::warn!(
                stage = name,
                ms,
                error = crate::telemetry::source_chain(error),
                "stage failed"
            );
        }
        Outcome::TimedOut | Outcome::Panicked => tracing::warn!(stage = name, ms, reason, "stage failed"),
        Outcome::Ok(_) | Outcome::Skipped => {}
    }
    Branch {
        stage: Stage {
            name,
            status,
            ms,
            reason,
        },
        outcome,
    }
}

/// A branch that is not begun.
pub fn skipped<T, E>(name: impl Into<String>, reason: impl Into<String>) -> Branch<T, E> {
    let stage = Stage {
        name: name.into(),
        status: StageStatus::Skipped,
        ms: 0,
        reason: Some(reason.into()),
    };
    Branch {
        stage,
        outcome: Outcome::Skipped,
    }
}
