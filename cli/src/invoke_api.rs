//! The operation `Invoke` of Lambda's API, for functions that invoke others
//! (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;

use crate::pool::{InvokeError, MAX_EVENT_BYTES, Pool};
use crate::template::Template;

struct Functions {
    pool: Arc<Pool>,
    /// The binaries by logical id, to which `!Ref` of a function resolves here.
    binaries: HashMap<String, String>,
}

/// Serves until the future is dropped.
pub(crate) async fn serve(listener: TcpListener, template: &Template, pool: Arc<Pool>) {
    let binaries = template
        .functions
        .iter()
        .map(|function| (function.logical_id.clone(), function.binary.clone()))
        .collect();
    let router = Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        // One byte more, so that the pool reports the limit as Lambda does.
        .layer(DefaultBodyLimit::max(MAX_EVENT_BYTES + 1))
        .with_state(Arc::new(Functions { pool, binaries }));
    // `axum::serve` never returns an error: it retries `accept`.
    let _ = axum::serve(listener, router).await;
}

async fn invoke(
    State(functions): State<Arc<Functions>>,
    Path(name): Path<String>,
    payload: Bytes,
) -> Response {
    let binary = functions.binaries.get(&name).unwrap_or(&name);
    match functions.pool.invoke_buffered(binary, payload).await {
        Ok(result) => result.into_response(),
        Err(error) => failure(&error),
    }
}

/// The response to an invocation that failed. The status is 200 if the function failed, and not Lambda.
fn failure(error: &InvokeError) -> Response {
    let (status, error_type) = match error {
        InvokeError::Unknown(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
        InvokeError::EventTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException"),
        InvokeError::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException"),
        InvokeError::Stopped => (StatusCode::INTERNAL_SERVER_ERROR, "ServiceException"),
        InvokeError::Failed { error_type, .. } => (StatusCode::OK, error_type.as_str()),
        InvokeError::StartFailed { .. } | InvokeError::Crashed { .. } | InvokeError::TimedOut { .. } => {
            (StatusCode::OK, "Runtime.ExitError")
        }
    };
    let header = match status {
        StatusCode::OK => ("x-amz-function-error", "Unhandled"),
        _ => ("x-amzn-errortype", error_type),
    };
    let body = json!({ "errorType": error_type, "errorMessage": error.to_string() });
    (status, [header], body.to_string()).into_response()
}
