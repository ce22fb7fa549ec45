//! Runs work under a time limit and catches its panic, so that one failure does not end the rest: a branch of the fan-out,
//! or the whole of an invocation.

use std::{any::Any, error::Error, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::time::{Instant, timeout};

use crate::{
    deadline,
    domain::{Stage, StageStatus},
    error::HubError,
    error::source_chain,
};

/// Why isolated work has no result.
#[derive(Debug)]
pub enum Isolated<E> {
    /// The work failed.
    Failed(E),
    /// The time limit passed.
    TimedOut,
    /// The work panicked with this message.
    Panicked(String),
    /// The work was not started.
    Skipped,
}

/// Runs work for at most `limit`.
async fn isolate<T, E>(limit: Duration, work: impl Future<Output = Result<T, E>>) -> Result<T, Isolated<E>> {
    let work = deadline::within(limit, AssertUnwindSafe(work).catch_unwind());
    match timeout(limit, work).await {
        Ok(Ok(result)) => result.map_err(Isolated::Failed),
        Ok(Err(panic)) => Err(Isolated::Panicked(panic_message(&panic))),
        Err(_elapsed) => Err(Isolated::TimedOut),
    }
}

/// Runs the work of an invocation for at most `limit`.
///
/// # Errors
/// Those of the work; [`HubError::DeadlineExceeded`] after `limit`, [`HubError::Internal`] when the work panics.
pub async fn invocation<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, HubError>>,
) -> Result<T, HubError> {
    isolate(limit, work).await.map_err(|isolated| match isolated {
        Isolated::Failed(error) => error,
        Isolated::Panicked(message) => HubError::Internal(message.into()),
        Isolated::TimedOut | Isolated::Skipped => HubError::DeadlineExceeded(limit),
    })
}

/// The result of one branch of the fan-out.
#[derive(Debug)]
pub struct Branch<T, E> {
    /// The stage that the answer shows for the branch.
    pub stage: Stage,
    /// What the branch returned.
    pub result: Result<T, Isolated<E>>,
}

/// Runs one branch of the fan-out for at most `limit`. A failure is logged and named in the branch's stage.
pub async fn branch<T, E: Error>(
    name: impl Into<String>,
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Branch<T, E> {
    let name = name.into();
    let started = Instant::now();
    let result = isolate(limit, work).await;
    let ms = started.elapsed().as_millis() as u64;
    let (status, reason, cause) = match &result {
        Ok(_) | Err(Isolated::Skipped) => (StageStatus::Ok, None, None),
        Err(Isolated::TimedOut) => {
            let reason = format!("no result within {} ms", limit.as_millis());
            (StageStatus::TimedOut, Some(reason.clone()), Some(reason))
        }
        Err(Isolated::Failed(error)) => (
            StageStatus::Failed,
            Some(error.to_string()),
            Some(source_chain(error)),
        ),
        Err(Isolated::Panicked(message)) => {
            let reason = "internal error; its cause has been logged".to_owned();
            (StageStatus::Failed, Some(reason), Some(message.clone()))
        }
    };
    if let Some(error) = cause {
        tracing::warn!(stage = name, ms, error, "stage failed");
    }
    Branch {
        stage: Stage {
            name,
            status,
            ms,
            reason,
        },
        result,
    }
}

/// A branch that is not started, with the reason that its stage shows.
pub fn skipped<T, E>(name: impl Into<String>, reason: impl Into<String>) -> Branch<T, E> {
    Branch {
        stage: Stage {
            name: name.into(),
            status: StageStatus::Skipped,
            ms: 0,
            reason: Some(reason.into()),
        },
        result: Err(Isolated::Skipped),
    }
}

/// The message of a panic. Panics come from faults of this code, not from input, so the message may be logged.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}
