//! `POST /queries/{id}/verify`: a request without fields.

use deserr::Deserr;
use lambda_http::Request;

use crate::{domain::InvalidInput, http::input};

/// Checks that the body is empty or a JSON object without fields.
///
/// # Errors
/// When it is anything else.
pub fn empty_body(request: &Request) -> Result<(), InvalidInput> {
    #[derive(Deserr)]
    #[deserr(error = InvalidInput, deny_unknown_fields)]
    struct NoFields {}

    match input::text(request)? {
        body if body.trim().is_empty() => Ok(()),
        body => input::parse(body).map(|NoFields {}| ()),
    }
}
