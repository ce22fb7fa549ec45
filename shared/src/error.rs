//! Domain errors, independent of HTTP. Messages are fixed and never contain causes, so they can be shown to callers.

use std::{error::Error, time::Duration};

use crate::{
    domain::InvalidInput,
    ports::{LlmError, StoreError},
};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The input is invalid.
    #[error(transparent)]
    Invalid(#[from] InvalidInput),
    /// The resource does not exist or belongs to another user. Holds its kind: `query`, `document` or `agent`.
    #[error("there is no {0} of this id")]
    NotFound(&'static str),
    /// The agent exists but is not available in this deployment.
    #[error("the agent `{name}` is not available here: {reason}")]
    AgentUnavailable {
        /// Name of the agent.
        name: &'static str,
        /// Why it is not available.
        reason: &'static str,
    },
    /// A concurrent request changed the resource. Holds its kind.
    #[error("another request is changing this {0}; try again")]
    Conflict(&'static str),
    /// The resource is still being processed, so the operation is not possible yet. Holds its kind.
    #[error("the {0} is still running; wait until it has ended")]
    StillRunning(&'static str),
    /// The resource has changed since the revision that the request names. Holds its kind.
    #[error("the {0} has changed since it was read; read it again")]
    Outdated(&'static str),
    /// The input exceeds a size limit.
    #[error("the input is larger than the {limit_bytes} bytes that are taken")]
    TooLarge {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The content type is not supported. Holds the supported one.
    #[error("the content type must be {0}")]
    UnsupportedMediaType(&'static str),
    /// A file has no parser. Holds what the sender is told.
    #[error("{0}")]
    UnsupportedFile(String),
    /// A file cannot be parsed. Holds what the sender is told.
    #[error("{0}")]
    UnreadableFile(String),
    /// A server did not give what is at an address, and may later. Holds what the sender is told.
    #[error("{0}")]
    Unreachable(String),
    /// An address cannot be fetched, or must not be. Holds what the sender is told.
    #[error("{0}")]
    UnusableAddress(String),
    /// The store is unavailable, throttling or did not respond in time.
    #[error("the store cannot be reached; try again later")]
    Store(#[source] StoreError),
    /// No model answered, and the request does not allow extractive answers.
    #[error("{0}, and quoting without a model was refused")]
    Models(#[source] LlmError),
    /// The deadline passed before there was a result. Holds the time allowed.
    #[error("there was nothing to show within {} ms", .0.as_millis())]
    DeadlineExceeded(Duration),
    /// An accepted question failed. Holds the reason.
    #[error("{0}")]
    QueryFailed(String),
    /// An accepted document was not stored. Holds the reason.
    #[error("{0}")]
    DocumentFailed(String),
    /// The scheduled health check found faults. Holds the names of what does not respond.
    #[error("these do not respond: {0}")]
    Unhealthy(String),
    /// An internal error.
    #[error("something went wrong here; it has been logged")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<LlmError> for HubError {
    fn from(error: LlmError) -> Self {
        Self::Models(error)
    }
}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } | StoreError::Rejected { .. } => Self::Internal(Box::new(error)),
            StoreError::Conflict => Self::Conflict("item"),
            StoreError::BeingDeleted => Self::StillRunning("deletion of the library"),
            other => Self::Store(other),
        }
    }
}

/// Returns the text of an error and its causes, outermost first, separated by `: `.
pub fn source_chain(error: &impl Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
