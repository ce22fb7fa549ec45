//! Failures of provider calls: their outcome codes, whether to retry, and the cooldown of the circuit breaker.

use std::time::Duration;

use super::wire::{ErrorBody, Parameter, ReplyError};

/// The cooldown after a wrong key, an unknown model or an exhausted quota; also the longest cooldown.
const REJECTED_COOLDOWN: Duration = Duration::from_secs(300);
/// The cooldown after a rate limit without `Retry-After`.
const RATE_LIMIT_COOLDOWN: Duration = Duration::from_secs(20);

/// The phase of a call in which a timeout occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Until the connection is established.
    Connect,
    /// From the request to the first token.
    FirstToken,
    /// Between two tokens.
    BetweenTokens,
    /// From the request to the end of the reply.
    Total,
}

/// The failure of one provider call. Its text quotes nothing from the provider but a well-formed code, so it is safe to
/// show and log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The provider could not be reached.
    #[error("no connection")]
    Unreachable,
    /// The proxy could not be reached, or did not connect to the provider.
    #[error("no connection through the proxy")]
    Proxy,
    /// The TLS handshake failed.
    #[error("no secure connection (TLS)")]
    Tls,
    /// A timeout expired.
    #[error("{} within {} ms", timeout_text(.phase), .limit.as_millis())]
    TimedOut {
        /// The phase.
        phase: Phase,
        /// The timeout of the phase.
        limit: Duration,
    },
    /// The connection was lost during the reply.
    #[error("the connection was lost")]
    ConnectionLost,
    /// The reply has an error status.
    #[error("status {status}{}", code_suffix(.body))]
    Status {
        /// The status.
        status: u16,
        /// The classified body.
        body: ErrorBody,
        /// The wait of the `Retry-After` header.
        retry_after: Option<Duration>,
    },
    /// The reply has a success status and is invalid.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The reply has a content encoding other than gzip, although the request accepted none, or it is malformed.
    #[error("the reply is compressed in a way that was not asked for")]
    Compressed,
    /// The reply exceeds the limit, in bytes.
    #[error("the reply is longer than {0} bytes")]
    TooLarge(usize),
    /// The reply ended without a finish reason.
    #[error("the reply ends without a finish reason")]
    Unfinished,
    /// The reply has no text.
    #[error("the reply has no text")]
    Empty,
    /// The reply has no text, because the model spent all its tokens on thoughts.
    #[error("the reply has no text: the model spent all its tokens on thoughts; raise `max_tokens`")]
    OutOfTokens,
    /// The provider's content filter withheld the text.
    #[error("the provider withheld the text")]
    Filtered,
    /// The API key could not be fetched.
    #[error("the key cannot be read: {0}")]
    Key(&'static str),
    /// The API key cannot be sent.
    #[error("the key cannot be sent: {0}")]
    InvalidKey(&'static str),
    /// The request cannot be signed with the AWS role.
    #[error("the request cannot be signed")]
    Unsigned,
    /// The caller cancelled the request.
    #[error("the caller cancelled the request")]
    Cancelled,
}

fn timeout_text(phase: &Phase) -> &'static str {
    match phase {
        Phase::Connect => "no connection",
        Phase::FirstToken => "no first word",
        Phase::BetweenTokens => "no further word",
        Phase::Total => "no whole reply",
    }
}

/// Returns the provider's code, and the refused parameter.
fn code_suffix(body: &ErrorBody) -> String {
    let code = body.code.as_ref().map(|code| format!(", {code}"));
    let refused = body
        .refused
        .map(|parameter| format!(", {} refused", parameter.name()));
    [code, refused].into_iter().flatten().collect()
}

/// The effect of a failure on the circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cooldown {
    /// None: the request is at fault, not the provider.
    None,
    /// Counts towards the failure threshold.
    Counted,
    /// Opens the circuit at once, for this long.
    For(Duration),
}

impl Failure {
    /// Returns the HTTP status of the reply, or the one that its body reports.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::Reply(ReplyError::InBand(body)) => body.status,
            _ => None,
        }
    }

    /// Returns whether the API key was rejected. Gemini reports that with status 400.
    fn is_unauthorized(&self) -> bool {
        let code = self.body().and_then(|body| body.code.as_deref());
        matches!(self.status(), Some(401 | 403)) || code == Some("api_key_invalid")
    }

    fn body(&self) -> Option<&ErrorBody> {
        match self {
            Self::Status { body, .. } | Self::Reply(ReplyError::InBand(body)) => Some(body),
            _ => None,
        }
    }

    /// Returns the parameter of the request that the provider refuses.
    pub fn refused_parameter(&self) -> Option<Parameter> {
        self.body()
            .and_then(|body| body.refused)
            .filter(|_| matches!(self.status(), Some(400 | 422)))
    }

    /// Returns the wait that the provider requests.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns whether the account's quota or credit is exhausted.
    pub fn is_quota(&self) -> bool {
        self.status() == Some(402) || self.body().is_some_and(|body| body.is_quota)
    }

    /// Returns whether the prompt exceeds the context window of the model.
    pub fn is_context_length(&self) -> bool {
        self.body().is_some_and(|body| body.is_context_length)
    }

    /// Returns the outcome code for `attempts` and the log.
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
        if self.refused_parameter().is_some() {
            return "parameter_refused";
        }
        match self {
            Self::Unreachable => "unreachable",
            Self::Proxy => "proxy_failed",
            Self::Tls => "tls_failed",
            Self::TimedOut { phase, .. } => match phase {
                Phase::Connect => "connect_timeout",
                Phase::FirstToken => "first_token_timeout",
                Phase::BetweenTokens => "stalled",
                Phase::Total => "timed_out",
            },
            Self::ConnectionLost => "broken_off",
            Self::Status { status, .. } => match status {
                404 => "not_found",
                429 => "rate_limited",
                408 | 409 | 425 | 500.. => "server_error",
                _ => "rejected",
            },
            Self::Reply(ReplyError::InBand(_)) => "in_band_error",
            Self::Reply(_) | Self::Compressed | Self::TooLarge(_) => "malformed",
            Self::Unfinished => "unfinished",
            Self::Empty | Self::OutOfTokens => "empty",
            Self::Filtered => "filtered",
            Self::Key(_) => "no_key",
            Self::InvalidKey(_) | Self::Unsigned => "invalid_key",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns whether a retry with the same provider may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable | Self::Proxy | Self::ConnectionLost => true,
            Self::TimedOut { phase, .. } => *phase == Phase::Connect,
            Self::Status { .. } | Self::Reply(ReplyError::InBand(_)) => {
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

    /// Returns the effect on the circuit breaker when the router gives up on the provider.
    pub fn cooldown(&self) -> Cooldown {
        if self.is_quota() || self.is_unauthorized() {
            return Cooldown::For(REJECTED_COOLDOWN);
        }
        if self.is_context_length() {
            return Cooldown::None;
        }
        match (self, self.status()) {
            (Self::Filtered | Self::Cancelled, _) | (_, Some(400 | 413 | 422)) => Cooldown::None,
            (Self::Key(_) | Self::InvalidKey(_) | Self::Unsigned, _) | (_, Some(404)) => {
                Cooldown::For(REJECTED_COOLDOWN)
            }
            (_, Some(429)) => Cooldown::For(
                self.retry_after()
                    .unwrap_or(RATE_LIMIT_COOLDOWN)
                    .min(REJECTED_COOLDOWN),
            ),
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
    fn retries_and_cooldowns_depend_on_the_status() {
        let retried: Vec<u16> = (400..600).filter(|&code| status(code).is_retryable()).collect();
        assert_eq!(retried, [408, 409, 425, 429, 500, 502, 503, 504, 529]);
        let opened: Vec<u16> = (400..600)
            .filter(|&code| matches!(status(code).cooldown(), Cooldown::For(_)))
            .collect();
        assert_eq!(opened, [401, 402, 403, 404, 429]);
        let unaffected: Vec<u16> = (400..600)
            .filter(|&code| status(code).cooldown() == Cooldown::None)
            .collect();
        assert_eq!(unaffected, [400, 413, 422]);
    }

    #[test]
    fn an_exhausted_quota_is_not_retried() {
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
            (failure.is_retryable(), failure.cooldown()),
            (false, Cooldown::For(REJECTED_COOLDOWN))
        );
        assert_eq!(failure.to_string(), "status 429, insufficient_quota");
    }

    #[test]
    fn a_rate_limit_cools_down_for_the_requested_time() {
        let failure = Failure::Status {
            status: 429,
            body: ErrorBody::default(),
            retry_after: Some(Duration::from_secs(40)),
        };
        assert_eq!(failure.cooldown(), Cooldown::For(Duration::from_secs(40)));
        assert_eq!(status(429).cooldown(), Cooldown::For(RATE_LIMIT_COOLDOWN));
    }
}
