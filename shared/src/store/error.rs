//! Mapping of SDK errors to [`StoreError`].

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::ports::StoreError;

/// Maps the error of an SDK operation, for `map_err`. The SDK error is kept as the source.
pub(super) fn failed<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| {
        let code = error.code().unwrap_or_default();
        match (&error, code) {
            (_, "ConditionalCheckFailedException" | "TransactionConflictException") => StoreError::Conflict,
            (
                _,
                "ProvisionedThroughputExceededException" | "ThrottlingException" | "RequestLimitExceeded",
            ) => StoreError::Throttled {
                operation,
                source: error.into(),
            },
            (SdkError::TimeoutError(_), _) => StoreError::TimedOut {
                operation,
                source: error.into(),
            },
            (SdkError::DispatchFailure(failure), _) if failure.is_timeout() => StoreError::TimedOut {
                operation,
                source: error.into(),
            },
            (SdkError::DispatchFailure(_) | SdkError::ResponseError(_), _)
            | (_, "InternalServerError" | "ServiceUnavailable" | "InternalFailure") => {
                StoreError::Unavailable {
                    operation,
                    source: error.into(),
                }
            }
            _ => StoreError::Rejected {
                operation,
                source: error.into(),
            },
        }
    }
}

/// Maps the error of decoding a row, for `map_err`.
pub(super) fn corrupt(row: &'static str) -> impl Fn(serde_dynamo::Error) -> StoreError {
    move |error| StoreError::Corrupt {
        row,
        reason: error.to_string(),
    }
}

/// Maps the error of building a request.
pub(super) fn unbuildable(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Rejected {
        operation: "batch",
        source: error.into(),
    }
}
