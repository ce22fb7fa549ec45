//! Why a call of a provider failed, and what follows from it: another try, a rest for the provider, or neither.

use std::time::Duration;

use super::wire::{ErrorBody, Fault};

/// How long a provider rests that refuses us: a wrong key, a missing model, no money.
const REFUSED: Duration = Duration::from_secs(300);
/// How long it rests when it asks for fewer calls and does not say for how long.
const RATE_LIMITED: Duration = Duration::from_secs(20);

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Connecting.
    Connect,
    /// From the request to the first word.
    FirstToken,
    /// From one word to the next.
    BetweenTokens,
    /// All of it.
    Total,
}

/// One failed call. The words are fixed, so they can be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection.
    #[error("no connection")]
    Unreachable,
    /// No secure connection.
    #[error("no secure connection (TLS)")]
    Tls,
    /// A timeout.
    #[error("{} within {} ms", missing(.phase), .limit.as_millis())]
    TimedOut {
        /// What took too long.
        phase: Phase,
        /// What it was given.
        limit: Duration,
    },
    /// The connection was lost.
    #[error("the connection was lost")]
    BrokenOff,
    /// A status that is not a success.
    #[error("status {status}{}", code(.body))]
    Status {
        /// The status.
        status: u16,
        /// What its body says.
        body: ErrorBody,
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// A reply that is none.
    #[error(transparent)]
    Reply(#[from] Fault),
    /// A compressed reply, which was not asked for.
    #[error("the reply is compressed, which was not asked for")]
    Compressed,
    /// More bytes than any sensible reply.
    #[error("the reply is longer than {0} bytes")]
    TooLarge(usize),
    /// The reply stops without saying that it is whole.
    #[error("the reply ends without a finish reason")]
    Unfinished,
    /// A reply without text.
    #[error("the reply has no text")]
    Empty,
    /// The provider withheld the text.
    #[error("the provider withheld the text")]
    Filtered,
    /// The key could not be fetched.
    #[error("the key cannot be read: {0}")]
    Key(&'static str),
    /// Nobody waits for the text any more.
    #[error("nobody waits for it any more")]
    Cancelled,
}

fn missing(phase: &Phase) -> &'static str {
    match phase {
        Phase::Connect => "no connection",
        Phase::FirstToken => "no first word",
        Phase::BetweenTokens => "no further word",
        Phase::Total => "no whole reply",
    }
}

fn code(body: &ErrorBody) -> String {
    body.code
        .as_ref()
        .map_or_else(String::new, |code| format!(", {code}"))
}

/// What a failure says about its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cooldown {
    /// Nothing: the request is at fault.
    None,
    /// It may be in trouble: several of these in a row let it rest.
    Counted,
    /// It is not to be called for this long.
    For(Duration),
}

impl Failure {
    /// The HTTP status, of the reply or named inside it.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::Reply(Fault::InBand(body)) => body.status,
            _ => None,
        }
    }

    /// Whether the key is at fault. Gemini says so with 400.
    fn is_unauthorized(&self) -> bool {
        let code = self.body().and_then(|body| body.code.as_deref());
        matches!(self.status(), Some(401 | 403)) || code == Some("api_key_invalid")
    }

    fn body(&self) -> Option<&ErrorBody> {
        match self {
            Self::Status { body, .. } | Self::Reply(Fault::InBand(body)) => Some(body),
            _ => None,
        }
    }

    /// How long the provider asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the account is out of money.
    pub fn is_quota(&self) -> bool {
        self.status() == Some(402) || self.body().is_some_and(|body| body.is_quota)
    }

    /// Whether only a model that reads more can help.
    pub fn is_context_length(&self) -> bool {
        self.body().is_some_and(|body| body.is_context_length)
    }

    /// The kind of failure in one word, for `attempts` and the log.
    pub fn outcome(&self) -> &'static str {
        if self.is_quota() {
            return "quota_exhausted";
        }
        if self.is_context_length() {
            return "context_too_long";
        }
        if self.is_unauthorized() {
            return "unauthorized";
        }
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls_failed",
            Self::TimedOut { phase, .. } => match phase {
                Phase::Connect => "connect_timeout",
                Phase::FirstToken => "first_token_timeout",
                Phase::BetweenTokens => "stalled",
                Phase::Total => "timed_out",
            },
            Self::BrokenOff => "broken_off",
            Self::Status { status, .. } => match status {
                404 => "not_found",
                429 => "rate_limited",
                408 | 409 | 425 | 500.. => "server_error",
                _ => "rejected",
            },
            Self::Reply(Fault::InBand(_)) => "in_band_error",
            Self::Reply(_) | Self::Compressed | Self::TooLarge(_) => "malformed",
            Self::Unfinished => "unfinished",
            Self::Empty => "empty",
            Self::Filtered => "filtered",
            Self::Key(_) => "no_key",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the same provider may be asked once more.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable | Self::BrokenOff => true,
            Self::TimedOut { phase, .. } => *phase == Phase::Connect,
            Self::Status { .. } | Self::Reply(Fault::InBand(_)) => {
                !self.is_quota()
                    && !self.is_context_length()
                    && matches!(
                        self.status(),
                        Some(408 | 409 | 425 | 429 | 500 | 502 | 503 | 504 | 529)
                    )
            }
            _ => false,
        }
    }

    /// What follows for the provider when it is left for the next one.
    pub fn cooldown(&self) -> Cooldown {
        if self.is_quota() || self.is_unauthorized() {
            return Cooldown::For(REFUSED);
        }
        if self.is_context_length() {
            return Cooldown::None;
        }
        match (self, self.status()) {
            (Self::Filtered | Self::Cancelled, _) | (_, Some(400 | 413 | 422)) => Cooldown::None,
            (Self::Key(_), _) | (_, Some(404)) => Cooldown::For(REFUSED),
            (_, Some(429)) => Cooldown::For(self.retry_after().unwrap_or(RATE_LIMITED).min(REFUSED)),
            _ => Cooldown::Counted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> Failure {
        Failure::Status {
            status,
            body: ErrorBody::default(),
            retry_after: None,
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
        let retried: Vec<u16> = (400..600).filter(|&code| status(code).may_pass()).collect();
        assert_eq!(retried, [408, 409, 425, 429, 500, 502, 503, 504, 529]);
        let rests: Vec<u16> = (400..600)
            .filter(|&code| matches!(status(code).cooldown(), Cooldown::For(_)))
            .collect();
        assert_eq!(rests, [401, 402, 403, 404, 429]);
        let unaffected: Vec<u16> = (400..600)
            .filter(|&code| status(code).cooldown() == Cooldown::None)
            .collect();
        assert_eq!(unaffected, [400, 413, 422]);
    }

    #[test]
    fn no_money_is_not_a_busy_moment() {
        let body = ErrorBody {
            code: Some("insufficient_quota".into()),
            is_quota: true,
            ..ErrorBody::default()
        };
        let failure = Failure::Status {
            status: 429,
            body,
            retry_after: Some(Duration::from_secs(1)),
        };
        assert_eq!(
            (failure.may_pass(), failure.cooldown()),
            (false, Cooldown::For(REFUSED))
        );
        assert_eq!(failure.to_string(), "status 429, insufficient_quota");
    }

    #[test]
    fn a_busy_provider_rests_as_long_as_it_asks() {
        let failure = Failure::Status {
            status: 429,
            body: ErrorBody::default(),
            retry_after: Some(Duration::from_secs(40)),
        };
        assert_eq!(failure.cooldown(), Cooldown::For(Duration::from_secs(40)));
        assert_eq!(status(429).cooldown(), Cooldown::For(RATE_LIMITED));
    }
}
