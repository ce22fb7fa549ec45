//! Waits before retries, and timeouts within the deadline.

use std::time::Duration;

use crate::{
    deadline::Deadline,
    llm::{catalog::Timeouts, failure::Failure, run::MIN_TIME},
};

/// The wait before a retry when the provider requests none, with a jitter of up to the same length.
const BACKOFF: Duration = Duration::from_millis(150);
/// The longest wait before a retry while a fallback candidate is left.
const MAX_WAIT_WITH_FALLBACK: Duration = Duration::from_secs(2);

/// Returns the wait before a retry with the same provider; `None` when there is no retry. With a fallback, a retry waits
/// at most [`MAX_WAIT_WITH_FALLBACK`] and a quarter of the remaining time, otherwise half of it.
pub(super) fn retry_wait(failure: &Failure, has_fallback: bool, deadline: Deadline) -> Option<Duration> {
    if !failure.is_retryable() {
        return None;
    }
    let wait = failure
        .retry_after()
        .unwrap_or_else(|| BACKOFF.mul_f64(1.0 + fastrand::f64()));
    let left = deadline.left();
    let max_wait = if has_fallback {
        MAX_WAIT_WITH_FALLBACK.min(left / 4)
    } else {
        left / 2
    };
    (wait <= max_wait && wait + MIN_TIME < left).then_some(wait)
}

/// Returns the provider's timeouts, shortened to the remaining time. With a fallback, waiting for a connection or a token
/// may take at most half of it.
pub(super) fn call_timeouts(timeouts: Timeouts, deadline: Deadline, has_fallback: bool) -> Timeouts {
    let left = deadline.left();
    let idle = if has_fallback { left / 2 } else { left };
    Timeouts {
        connect: timeouts.connect.min(idle),
        first_token: timeouts.first_token.min(idle),
        between_tokens: timeouts.between_tokens.min(idle),
        total: timeouts.total.min(left),
    }
}
