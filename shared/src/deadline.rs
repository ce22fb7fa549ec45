//! The deadline of one invocation. Every timeout inside an invocation derives from it.

use std::{future::Future, time::Duration};

use tokio::time::Instant;

/// The time reserved before Lambda's deadline to store the answer and send the response.
pub const RESERVE: Duration = Duration::from_millis(750);

/// The end of the time for attempts before work is abandoned, at most.
const ENDING: Duration = Duration::from_millis(200);

tokio::task_local! {
    static LAST_ATTEMPT: Instant;
}

/// Runs work that is abandoned after `limit`. What it calls can see the end coming: [`last_attempt`].
pub async fn within<F: Future>(limit: Duration, work: F) -> F::Output {
    let mut at = Instant::now() + limit - ENDING.min(limit / 4);
    if let Some(outer) = last_attempt() {
        at = at.min(outer);
    }
    LAST_ATTEMPT.scope(at, work).await
}

/// The instant after which nothing should be tried again, because the surrounding [`within`] is about to be abandoned; `None`
/// outside of one.
pub fn last_attempt() -> Option<Instant> {
    LAST_ATTEMPT.try_with(|at| *at).ok()
}

/// The instant by which an answer must be complete, with the start of the invocation.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    started: Instant,
    at: Instant,
}

impl Deadline {
    /// Creates a deadline `budget` from now.
    pub fn after(budget: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            at: started + budget,
        }
    }

    /// Creates a deadline [`RESERVE`] before Lambda's. Both times are in milliseconds since the Unix epoch. Some local
    /// emulators send a deadline in the past: the deadline is then `fallback` from now.
    pub fn from_lambda(deadline_epoch_ms: u64, now_epoch_ms: u64, fallback: Duration) -> Self {
        match deadline_epoch_ms.checked_sub(now_epoch_ms) {
            Some(left @ 1..) => Self::after(Duration::from_millis(left).saturating_sub(RESERVE)),
            _ => Self::after(fallback),
        }
    }

    /// Returns this deadline moved `time` earlier, to reserve time for later steps.
    pub fn earlier(&self, time: Duration) -> Self {
        Self {
            started: self.started,
            at: self.at.checked_sub(time).unwrap_or(self.started),
        }
    }

    /// Returns the remaining time; zero after the deadline.
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Returns `cap` or the remaining time, whichever is shorter.
    pub fn cap(&self, cap: Duration) -> Duration {
        cap.min(self.left())
    }

    /// Returns `cap` or the fraction `share` (0 to 1) of the remaining time, whichever is shorter.
    pub fn share(&self, share: f64, cap: Duration) -> Duration {
        cap.min(self.left().mul_f64(share))
    }

    /// Returns the time since the invocation started.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FALLBACK: Duration = Duration::from_secs(9);

    #[tokio::test(start_paused = true)]
    async fn a_reserve_is_subtracted_from_lambdas_deadline() {
        let deadline = Deadline::from_lambda(30_000, 2_000, FALLBACK);
        assert_eq!(deadline.left(), Duration::from_millis(27_250));
        assert_eq!(
            deadline.share(0.4, Duration::from_secs(60)),
            Duration::from_millis(10_900)
        );
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(deadline.left(), Duration::ZERO);
        assert_eq!(deadline.cap(Duration::from_secs(1)), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_inner_of_two_limits_counts_if_it_is_earlier() {
        let second = Duration::from_secs(1);
        assert_eq!(last_attempt(), None);
        let left = || last_attempt().map(|at| at - Instant::now());
        within(10 * second, async {
            assert_eq!(left(), Some(Duration::from_millis(9_800)));
            within(second, async {
                assert_eq!(left(), Some(Duration::from_millis(800)))
            })
            .await;
            within(20 * second, async {
                assert_eq!(left(), Some(Duration::from_millis(9_800)))
            })
            .await;
            let tiny = Duration::from_millis(100);
            within(tiny, async {
                assert_eq!(left(), Some(Duration::from_millis(75)))
            })
            .await;
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_in_the_past_means_the_fallback() {
        assert_eq!(Deadline::from_lambda(1, 1_000_000, FALLBACK).left(), FALLBACK);
        assert_eq!(Deadline::from_lambda(0, 0, FALLBACK).left(), FALLBACK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_inside_the_reserve_leaves_nothing() {
        assert_eq!(
            Deadline::from_lambda(1_100, 1_000, FALLBACK).left(),
            Duration::ZERO
        );
    }
}
