//! Why an address was not fetched.

use std::{error::Error, io, time::Duration};

/// Why an address was not fetched. The message is for the caller; it does not name addresses that the caller did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no URL.
    #[error("the address is not a valid URL: {detail}")]
    InvalidUrl {
        /// What is wrong, in English.
        detail: String,
    },
    /// Another scheme than `http` and `https`.
    #[error("addresses with the scheme `{scheme}` are not fetched; use http or https")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// A port that the policy does not list.
    #[error("port {port} is not allowed")]
    Port {
        /// The port.
        port: u16,
    },
    /// A user name or a password in the address.
    #[error("the address has a user name or a password; addresses that need a login are not fetched")]
    Credentials,
    /// The host has an address that is not public.
    #[error("the host `{host}` is not public")]
    Address {
        /// The host, as given.
        host: String,
    },
    /// The name has no address.
    #[error("the name `{host}` does not resolve")]
    Unresolved {
        /// The host, as given.
        host: String,
    },
    /// No connection.
    #[error("the server could not be reached: {detail}")]
    Unreachable {
        /// What happened, in English.
        detail: String,
    },
    /// No secure connection.
    #[error("no secure connection: {detail}")]
    Tls {
        /// What happened, in English.
        detail: String,
    },
    /// Out of time.
    #[error("the server did not answer within {} ms", .limit.as_millis())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// The body is larger than the policy allows.
    #[error("the content is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The server reports an error, or sends nothing that can be stored.
    #[error("the server answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// When to try again, as the server asks.
        retry_after: Option<Duration>,
    },
    /// More redirects than the policy allows.
    #[error("the address redirects more than {limit} times")]
    TooManyRedirects {
        /// The limit.
        limit: usize,
    },
    /// A redirect to an address that redirected here.
    #[error("the address redirects in a circle")]
    RedirectLoop,
    /// A redirect from `https` to `http`. It is not followed: others could read and change what was asked for securely.
    #[error("the address redirects from https to http")]
    Downgrade,
    /// A redirect that the caller did not ask to follow.
    #[error("the address redirects to {url}")]
    Redirected {
        /// The next address.
        url: Box<url::Url>,
        /// Whether the server says that the address has changed for good.
        is_permanent: bool,
    },
    /// A media type that the caller did not ask for.
    #[error("content of the type `{media_type}` is not fetched")]
    MediaType {
        /// The media type, without parameters.
        media_type: String,
    },
    /// A content encoding other than gzip and deflate.
    #[error("the server sends content in the encoding `{encoding}`, which was not asked for")]
    Encoding {
        /// The encoding.
        encoding: String,
    },
    /// The reply breaks the rules of HTTP, or ends early.
    #[error("the reply of the server is broken: {detail}")]
    Broken {
        /// What is wrong, in English.
        detail: String,
    },
}

impl FetchError {
    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unresolved { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::TimedOut { .. }
            | Self::Broken { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            _ => false,
        }
    }

    /// The reason that the HTTP client gives, which wraps the guard's.
    pub(crate) fn of_client(error: &reqwest::Error) -> Self {
        let first: &dyn Error = error;
        let chain = std::iter::successors(Some(first), |error| (*error).source());
        let mut detail = error.to_string();
        let mut cause = None;
        for error in chain {
            if let Some(refused) = error.downcast_ref::<Self>() {
                return refused.clone();
            }
            cause = error.downcast_ref::<io::Error>().or(cause);
            detail = error.to_string();
        }
        if !error.is_connect() {
            return Self::Broken { detail };
        }
        // The TLS stack reports its errors, and a server that speaks another protocol, as invalid data.
        match cause.map(innermost_kind) {
            Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => Self::Tls { detail },
            _ => Self::Unreachable { detail },
        }
    }
}

/// The kind of an error that others of its type wrap. Its `source` skips the one that it wraps.
fn innermost_kind(error: &io::Error) -> io::ErrorKind {
    let wrapped = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<io::Error>());
    wrapped.map_or(error.kind(), io::Error::kind)
}
