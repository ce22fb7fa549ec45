//! Repeating calls to DynamoDB. The SDK repeats none: it would give up on throttling after a tenth of a second, and a few
//! failing calls would use up its quota.
//!
//! Throttling and rows held by a transaction pass by themselves, so the call is repeated until the surrounding work is about
//! to be abandoned ([`deadline::within`]). Other failures may last: a call has three attempts.

use std::{future::Future, time::Duration};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use tokio::time::Instant;

use super::error::{Kind, failed, kind};
use crate::{deadline, ports::StoreError};

/// Maximum number of attempts while DynamoDB cannot be reached or fails.
const MAX_FAILURES: u32 = 3;
/// Pause after the first failure.
const AFTER_FAILURE: Duration = Duration::from_millis(50);
/// First pause after throttling.
const AFTER_THROTTLING: Duration = Duration::from_millis(200);
/// First pause while a transaction holds the row.
const AFTER_CONFLICT: Duration = Duration::from_millis(40);
/// Maximum pause.
const MAX_PAUSE: Duration = Duration::from_secs(1);
/// How long a throttled call is repeated outside of an invocation.
const OUTSIDE: Duration = Duration::from_secs(5);

/// The pauses between the attempts of one call.
#[derive(Debug)]
pub(super) struct Pauses {
    until: Instant,
    waits: u32,
    failures: u32,
}

impl Pauses {
    /// Starts now.
    pub(super) fn new() -> Self {
        Self {
            until: deadline::last_attempt().unwrap_or_else(|| Instant::now() + OUTSIDE),
            waits: 0,
            failures: 0,
        }
    }

    /// Lets the pauses begin anew, because part of the work is done.
    pub(super) fn restart(&mut self) {
        (self.waits, self.failures) = (0, 0);
    }

    /// The pause before the next attempt; `None` if no attempt follows.
    pub(super) fn next(&mut self, kind: Kind) -> Option<Duration> {
        let growing = |first: Duration, attempts: u32| {
            let pause = first.saturating_mul(1 << attempts.min(8)).min(MAX_PAUSE);
            pause.mul_f64(0.75 + fastrand::f64() / 2.0)
        };
        let pause = match kind {
            Kind::Failure => {
                self.failures += 1;
                (self.failures < MAX_FAILURES).then(|| growing(AFTER_FAILURE, self.failures - 1))?
            }
            Kind::Throttled | Kind::Conflict => {
                let is_conflict = kind == Kind::Conflict;
                self.waits += 1;
                growing(
                    if is_conflict {
                        AFTER_CONFLICT
                    } else {
                        AFTER_THROTTLING
                    },
                    self.waits - 1,
                )
            }
            Kind::Refused | Kind::Final => return None,
        };
        (Instant::now() + pause < self.until).then_some(pause)
    }
}

/// Sends a request until it succeeds or nothing speaks for another attempt.
pub(super) async fn call<T, E, F>(operation: &'static str, send: impl Fn() -> F) -> Result<T, StoreError>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    attempts(send, kind).await.map_err(failed(operation))
}

/// The same, with the SDK's error; `kind` tells what an error means.
pub(super) async fn attempts<T, E, F>(
    send: impl Fn() -> F,
    kind: impl Fn(&SdkError<E>) -> Kind,
) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut pauses = Pauses::new();
    loop {
        let error = match send().await {
            Ok(output) => return Ok(output),
            Err(error) => error,
        };
        let Some(pause) = pauses.next(kind(&error)) else {
            return Err(error);
        };
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time until the attempts end, and their number.
    fn spent(pauses: &mut Pauses, kind: Kind) -> (Duration, u32) {
        let (mut total, mut attempts) = (Duration::ZERO, 1);
        while let Some(pause) = pauses.next(kind) {
            pauses.until -= pause;
            total += pause;
            attempts += 1;
        }
        (total, attempts)
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_is_waited_for_and_failures_are_not() {
        let (failed, attempts) = spent(&mut Pauses::new(), Kind::Failure);
        assert_eq!(attempts, 3);
        assert!(failed < Duration::from_millis(200), "{failed:?}");

        for kind in [Kind::Throttled, Kind::Conflict] {
            let (waited, _) = spent(&mut Pauses::new(), kind);
            assert!(
                waited > OUTSIDE - 2 * MAX_PAUSE && waited <= OUTSIDE,
                "{kind:?}: {waited:?}"
            );
        }
        let limit = Duration::from_secs(20);
        let (waited, attempts) =
            deadline::within(limit, async { spent(&mut Pauses::new(), Kind::Throttled) }).await;
        assert!(waited > limit - 2 * MAX_PAUSE && waited < limit, "{waited:?}");
        assert!((15..40).contains(&attempts), "{attempts}");
    }

    #[tokio::test(start_paused = true)]
    async fn progress_lets_the_pauses_begin_anew() {
        let mut pauses = Pauses::new();
        let first = pauses.next(Kind::Throttled).unwrap();
        assert!((150..=250).contains(&first.as_millis()), "{first:?}");
        let later = (0..5)
            .filter_map(|_| pauses.next(Kind::Throttled))
            .last()
            .unwrap();
        assert!(later >= Duration::from_millis(750), "{later:?}");
        pauses.restart();
        let again = pauses.next(Kind::Throttled).unwrap();
        assert!((150..=250).contains(&again.as_millis()), "{again:?}");
    }
}
