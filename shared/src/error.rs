//! What can go wrong, in product words. Knows no HTTP; texts are fixed and free of causes, so they may be shown.

use std::time::Duration;

use crate::{
    domain::InvalidInput,
    ports::{LlmError, StoreError},
};

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The input is at fault.
    #[error(transparent)]
    Invalid(#[from] InvalidInput),
    /// There is no such thing, or it is somebody else's. Holds what was looked for: `query`, `document`, `agent`.
    #[error("there is no {0} of this id")]
    NotFound(&'static str),
    /// An agent that there is, but not in this deployment.
    #[error("the agent `{name}` is not available here: {reason}")]
    AgentOff {
        /// Its name.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Something else changed the same thing at the same time.
    #[error("another request is changing this {0}; try again")]
    Conflict(&'static str),
    /// It is not finished, and until then this cannot be done to it.
    #[error("the {0} is still running; wait until it has ended")]
    Running(&'static str),
    /// It is not any more what the request says it is.
    #[error("the {0} has changed since it was read; read it again")]
    Outdated(&'static str),
    /// More than is taken at once.
    #[error("the input is larger than the {limit_bytes} bytes that are taken")]
    TooLarge {
        /// The most that is taken.
        limit_bytes: usize,
    },
    /// A body of a kind that is not taken here. Holds what is.
    #[error("the content type must be {0}")]
    UnsupportedMediaType(&'static str),
    /// The store could not be reached or did not answer.
    #[error("the store cannot be reached; try again later")]
    Store(#[source] StoreError),
    /// No model answered, and quoting without one was refused.
    #[error("{0}, and quoting without a model was refused")]
    Models(#[source] LlmError),
    /// Time ran out before there was anything to show.
    #[error("there was nothing to show within {} ms", .0.as_millis())]
    DeadlineExceeded(Duration),
    /// A question that was accepted came to nothing. Holds why.
    #[error("{0}")]
    Ended(String),
    /// A fault of ours.
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
            other => Self::Store(other),
        }
    }
}
