//! Mapping of SDK errors to [`StoreError`].

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::ports::StoreError;

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A condition does not hold.
    Refused,
    /// DynamoDB throttled the call.
    Throttled,
    /// A transaction holds the row.
    Conflict,
    /// No connection, no response in time, or a server error. A write may have been applied.
    Failure,
    /// Anything else: another attempt would not help.
    Final,
}

/// The kind of an error.
pub(super) fn kind<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Kind {
    if let Some(kind) = error.code().and_then(kind_of_code) {
        return kind;
    }
    let is_server_error = error
        .raw_response()
        .is_some_and(|response| response.status().is_server_error());
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            Kind::Failure
        }
        _ if is_server_error => Kind::Failure,
        _ => Kind::Final,
    }
}

/// The kind of the code of an error, or of a reason why a transaction was cancelled; `None` if the code is unknown.
pub(super) fn kind_of_code(code: &str) -> Option<Kind> {
    match code {
        "ConditionalCheckFailedException" | "ConditionalCheckFailed" => Some(Kind::Refused),
        "TransactionConflictException" | "TransactionConflict" | "TransactionInProgressException" => {
            Some(Kind::Conflict)
        }
        "ProvisionedThroughputExceededException"
        | "ProvisionedThroughputExceeded"
        | "ThrottlingException"
        | "ThrottlingError"
        | "RequestLimitExceeded" => Some(Kind::Throttled),
        _ => None,
    }
}

/// Maps the error of an SDK operation, for `map_err`. The SDK error is kept as the source.
pub(super) fn failed<E>(operation: &'static str) -> impl FnOnce(SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    move |error| {
        let is_timeout = match &error {
            SdkError::TimeoutError(_) => true,
            SdkError::DispatchFailure(failure) => failure.is_timeout(),
            _ => false,
        };
        match kind(&error) {
            Kind::Refused => StoreError::Conflict,
            Kind::Throttled | Kind::Conflict => StoreError::Throttled {
                operation,
                source: error.into(),
            },
            Kind::Failure if is_timeout => StoreError::TimedOut {
                operation,
                source: error.into(),
            },
            Kind::Failure => StoreError::Unavailable {
                operation,
                source: error.into(),
            },
            Kind::Final => StoreError::Rejected {
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
