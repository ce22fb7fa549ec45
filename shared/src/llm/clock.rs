//! The timeouts of a call while it runs. Each sign of life, be it a thought or a comment, starts the wait for the next one.

use std::time::Duration;

use tokio::time::Instant;

use super::failure::{Failure, Phase};

/// The timeouts of a streamed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallTimeouts {
    /// The wait for a sign of life before the first text.
    pub(super) first_token: Duration,
    /// The wait for a sign of life after the first text.
    pub(super) between_tokens: Duration,
    /// From the request to the first text, whatever signs of life there are.
    pub(super) first_text: Duration,
    /// From the request to the end of the reply.
    pub(super) total: Duration,
}

/// The clock of a call.
#[derive(Debug)]
pub(super) struct Clock {
    timeouts: CallTimeouts,
    /// Whether only the total timeout applies, as for a reply that is not streamed.
    is_total: bool,
    started: Instant,
    last_sign: Instant,
    first_text: Option<Duration>,
}

/// The next timeout of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeout {
    /// When it expires.
    pub(super) at: Instant,
    phase: Phase,
    limit: Duration,
}

impl Clock {
    /// Starts a call now.
    pub(super) fn start(timeouts: CallTimeouts, is_streamed: bool) -> Self {
        let started = Instant::now();
        Self {
            timeouts,
            is_total: !is_streamed,
            started,
            last_sign: started,
            first_text: None,
        }
    }

    /// Starts a call with a total timeout only.
    pub(super) fn start_total(total: Duration) -> Self {
        let timeouts = CallTimeouts {
            first_token: total,
            between_tokens: total,
            first_text: total,
            total,
        };
        Self::start(timeouts, false)
    }

    /// Records that bytes arrived.
    pub(super) fn on_sign_of_life(&mut self) {
        self.last_sign = Instant::now();
    }

    /// Records that text arrived.
    pub(super) fn on_text(&mut self) {
        let elapsed = self.started.elapsed();
        self.first_text.get_or_insert(elapsed);
    }

    /// Records that the reply is not a stream.
    pub(super) fn on_whole_reply(&mut self) {
        self.is_total = true;
    }

    /// Returns the time from the request to the first text.
    pub(super) fn first_text(&self) -> Option<Duration> {
        self.first_text
    }

    /// Returns the timeout that expires next.
    pub(super) fn next(&self) -> Timeout {
        let CallTimeouts {
            first_token,
            between_tokens,
            first_text,
            total,
        } = self.timeouts;
        let timeout = |start: Instant, limit: Duration, phase| Timeout {
            at: start + limit,
            phase,
            limit,
        };
        let total = timeout(self.started, total, Phase::Total);
        if self.is_total {
            return total;
        }
        let idle = match self.first_text {
            None => timeout(self.last_sign, first_token, Phase::FirstToken).earlier(timeout(
                self.started,
                first_text,
                Phase::FirstToken,
            )),
            Some(_) => timeout(self.last_sign, between_tokens, Phase::BetweenTokens),
        };
        idle.earlier(total)
    }
}

impl Timeout {
    /// Returns the failure when it has expired.
    pub(super) fn failure(self) -> Failure {
        Failure::TimedOut {
            phase: self.phase,
            limit: self.limit,
        }
    }

    fn earlier(self, other: Self) -> Self {
        if self.at <= other.at { self } else { other }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn expires_in(clock: &Clock) -> (u64, Phase) {
        let timeout = clock.next();
        (timeout.at.duration_since(Instant::now()).as_secs(), timeout.phase)
    }

    #[tokio::test(start_paused = true)]
    async fn signs_of_life_extend_the_wait_for_text_up_to_its_limit() {
        let seconds = Duration::from_secs;
        let timeouts = CallTimeouts {
            first_token: seconds(12),
            between_tokens: seconds(6),
            first_text: seconds(21),
            total: seconds(28),
        };
        let mut clock = Clock::start(timeouts, true);
        assert_eq!(expires_in(&clock), (12, Phase::FirstToken));
        advance(seconds(8)).await;
        assert_eq!(expires_in(&clock), (4, Phase::FirstToken));
        clock.on_sign_of_life();
        assert_eq!(expires_in(&clock), (12, Phase::FirstToken));
        advance(seconds(10)).await;
        clock.on_sign_of_life();
        assert_eq!(expires_in(&clock), (3, Phase::FirstToken), "21 s from the start");
        clock.on_text();
        assert_eq!(expires_in(&clock), (6, Phase::BetweenTokens));
        advance(seconds(5)).await;
        clock.on_sign_of_life();
        assert_eq!(expires_in(&clock), (5, Phase::Total), "28 s from the start");
        assert_eq!(clock.first_text(), Some(seconds(18)));
        clock.on_whole_reply();
        assert_eq!(expires_in(&clock), (5, Phase::Total));
    }
}
