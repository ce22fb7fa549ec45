//! The time budget of one invocation: the one place from which every timeout is taken.

use std::time::Duration;

use tokio::time::Instant;

/// Kept back from Lambda's deadline for recording the answer and responding.
pub const RESERVE: Duration = Duration::from_millis(750);

/// The moment by which an answer must stand.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    started: Instant,
    at: Instant,
}

impl Deadline {
    /// A deadline `budget` from now.
    pub fn after(budget: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            at: started + budget,
        }
    }

    /// From Lambda's deadline less [`RESERVE`], both in milliseconds since the epoch. A deadline that has passed means
    /// that the runtime does not know it (some local emulators send one): then `fallback` counts from now.
    pub fn from_lambda(deadline_epoch_ms: u64, now_epoch_ms: u64, fallback: Duration) -> Self {
        match deadline_epoch_ms.checked_sub(now_epoch_ms) {
            Some(left @ 1..) => Self::after(Duration::from_millis(left).saturating_sub(RESERVE)),
            _ => Self::after(fallback),
        }
    }

    /// The same invocation, with `time` kept back for what follows.
    pub fn earlier(&self, time: Duration) -> Self {
        Self {
            started: self.started,
            at: self.at.checked_sub(time).unwrap_or(self.started),
        }
    }

    /// What is left; zero when it has passed.
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// At most `cap`, and at most what is left.
    pub fn cap(&self, cap: Duration) -> Duration {
        cap.min(self.left())
    }

    /// At most `cap`, and at most `share` (0 to 1) of what is left.
    pub fn share(&self, share: f64, cap: Duration) -> Duration {
        cap.min(self.left().mul_f64(share))
    }

    /// Since the invocation began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FALLBACK: Duration = Duration::from_secs(9);

    #[tokio::test(start_paused = true)]
    async fn keeps_a_reserve_back_from_lambda() {
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
    async fn a_deadline_in_the_past_is_unknown() {
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
