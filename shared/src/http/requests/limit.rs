//! The query parameter `limit` of lists.

use crate::{domain::InvalidInput, http::request_context::RequestContext};

/// Items on a page when `limit` is omitted.
pub(crate) const DEFAULT_LIMIT: usize = 20;
/// The most items on a page.
pub(crate) const MAX_LIMIT: usize = 100;

/// The parameter `limit`: 1 to [`MAX_LIMIT`], by default [`DEFAULT_LIMIT`].
///
/// # Errors
/// When it is not a number in this range.
pub(super) fn limit(context: &RequestContext<'_>) -> Result<usize, InvalidInput> {
    match context.query("limit").map(str::parse) {
        None => Ok(DEFAULT_LIMIT),
        Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
        Some(_) => Err(InvalidInput::malformed(
            "?limit",
            format!("must be a number from 1 to {MAX_LIMIT}"),
        )),
    }
}
