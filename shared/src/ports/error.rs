//! The error type of every store port.

/// Why a store operation failed. The variants differ in what the caller can do about them.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The connection failed or the store returned a server error. Can be retried later.
    #[error("{operation}: the store is unavailable")]
    Unavailable {
        /// The operation that failed, such as `PutItem`.
        operation: &'static str,
        /// The underlying error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store throttled the request. Can be retried later.
    #[error("{operation}: the store is throttling")]
    Throttled {
        /// The operation that failed, such as `PutItem`.
        operation: &'static str,
        /// The underlying error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store did not respond in time. A write may still have succeeded.
    #[error("{operation}: the store did not answer in time")]
    TimedOut {
        /// The operation that failed, such as `PutItem`.
        operation: &'static str,
        /// The underlying error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store rejected the request: a missing table or permission, or a bug. Retrying does not help.
    #[error("{operation}: the store rejected the call")]
    Rejected {
        /// The operation that failed, such as `PutItem`.
        operation: &'static str,
        /// The underlying error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A concurrent write changed the item, so the condition of this write did not hold.
    #[error("the item was changed meanwhile")]
    Conflict,
    /// The library is being deleted, or was deleted since the write began.
    #[error("the library is being deleted")]
    BeingDeleted,
    /// A stored row cannot be decoded.
    #[error("a stored {row} cannot be read: {reason}")]
    Corrupt {
        /// The kind of row, such as `answer`.
        row: &'static str,
        /// Why decoding failed.
        reason: String,
    },
}

impl StoreError {
    /// A copy of a failure, for another item of a request. Its source is the text of the whole chain.
    pub(crate) fn copy(&self) -> Self {
        let text =
            |source: &(dyn std::error::Error + Send + Sync)| -> Box<dyn std::error::Error + Send + Sync> {
                let mut text = source.to_string();
                let mut next = source.source();
                while let Some(cause) = next {
                    text = format!("{text}: {cause}");
                    next = cause.source();
                }
                text.into()
            };
        match self {
            Self::Conflict => Self::Conflict,
            Self::BeingDeleted => Self::BeingDeleted,
            Self::Throttled { operation, source } => Self::Throttled {
                operation,
                source: text(&**source),
            },
            Self::TimedOut { operation, source } => Self::TimedOut {
                operation,
                source: text(&**source),
            },
            Self::Unavailable { operation, source } => Self::Unavailable {
                operation,
                source: text(&**source),
            },
            Self::Rejected { operation, source } => Self::Rejected {
                operation,
                source: text(&**source),
            },
            Self::Corrupt { row, reason } => Self::Corrupt {
                row,
                reason: reason.clone(),
            },
        }
    }

    /// Whether a write failed that may have been applied nevertheless.
    pub fn may_be_applied(&self) -> bool {
        match self {
            Self::Unavailable { operation, .. } | Self::TimedOut { operation, .. } => {
                !matches!(*operation, "GetItem" | "BatchGetItem" | "Query")
            }
            _ => false,
        }
    }
}
