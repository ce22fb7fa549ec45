//! Parameters of `/queries/{id}` and the paths below it.

use crate::{
    domain::{InvalidInput, QueryId},
    error::HubError,
    http::request_context::RequestContext,
};

/// The query id of the path.
///
/// # Errors
/// [`HubError::NotFound`] when it is not a query id, because no query can have it.
pub fn query_id(context: &RequestContext<'_>) -> Result<QueryId, HubError> {
    context
        .path("id")
        .parse()
        .map_err(|_| HubError::NotFound("query"))
}

/// The query parameter `version`, from 1; `None` for the current version.
///
/// # Errors
/// When it is not a number from 1.
pub fn version(context: &RequestContext<'_>) -> Result<Option<u64>, InvalidInput> {
    match context.query("version").map(str::parse) {
        None => Ok(None),
        Some(Ok(version @ 1..)) => Ok(Some(version)),
        Some(_) => Err(InvalidInput::malformed(
            "?version",
            "must be a whole number of at least 1",
        )),
    }
}

/// The header `Last-Event-ID`: the number of the last event that the client received, which browsers send when they
/// reconnect. 0 without the header.
///
/// # Errors
/// When it is not a number of an event.
pub fn last_event_id(context: &RequestContext<'_>) -> Result<u64, HubError> {
    let Some(value) = context.request.headers().get("last-event-id") else {
        return Ok(0);
    };
    let number = value.to_str().ok().and_then(|value| value.parse().ok());
    // The next event has the number after it.
    let number = number.filter(|&number: &u64| number < u64::MAX);
    Ok(number.ok_or_else(|| InvalidInput::malformed("Last-Event-ID", "must be the number of an event"))?)
}
