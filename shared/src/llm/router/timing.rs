//! Waits before retries, and timeouts within the deadline.

use std::time::Duration;

use crate::{
    deadline::Deadline,
    llm::{
        catalog::{Provider, Tier},
        clock::CallTimeouts,
        failure::Failure,
        run::MIN_TIME,
    },
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

/// Returns the timeouts of a call, shortened to the remaining time. With a fallback, a silent provider may take at most half
/// of it, and three quarters if it is local, because it may be loading the model, or gives signs of life.
pub(super) fn call_timeouts(provider: &Provider, deadline: Deadline, has_fallback: bool) -> CallTimeouts {
    let timeouts = provider.timeouts;
    let left = deadline.left();
    let (silent, first_text) = match (has_fallback, provider.tier) {
        (false, _) => (left, left),
        (true, Tier::Local) => (left * 3 / 4, left * 3 / 4),
        (true, Tier::Free | Tier::Paid) => (left / 2, left * 3 / 4),
    };
    CallTimeouts {
        first_token: timeouts.first_token.min(silent),
        between_tokens: timeouts.between_tokens.min(silent),
        first_text,
        total: timeouts.total.min(left),
    }
}
