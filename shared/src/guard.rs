//! The edge around the work of one invocation: whatever becomes of it, there is a result in time.

use std::{any::Any, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;

use crate::error::HubError;

/// Runs work for at most `time`.
///
/// # Errors
/// Those of the work; [`HubError::DeadlineExceeded`] when it takes longer, [`HubError::Internal`] when it panics.
pub async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, HubError>>,
) -> Result<T, HubError> {
    match tokio::time::timeout(time, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(HubError::Internal(panic_text(&panic).into())),
        Err(_elapsed) => Err(HubError::DeadlineExceeded(time)),
    }
}

/// What a panic said. A branch's own text is a fault of ours, never input, so it may be logged.
fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}
