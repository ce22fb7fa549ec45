//! Entity tags and `If-Match` (RFC 9110): optimistic concurrency control by revisions.

use lambda_http::{
    Body, Response,
    http::{HeaderValue, header::ETAG},
};

use super::request_context::RequestContext;
use crate::{error::HubError, ports::StoreError};

/// The entity tag of a revision.
fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// Whether `tag` is in a comma-separated list of tags, or the list has `*`. A weak tag never matches.
pub(super) fn matches(tags: &str, tag: &str) -> bool {
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|listed| listed == "*" || listed == tag)
}

/// Sets `ETag` to the revision of the resource in the response.
pub fn set_etag(response: &mut Response<Body>, revision: u64) {
    if let Ok(tag) = HeaderValue::from_str(&tag(revision)) {
        response.headers_mut().insert(ETAG, tag);
    }
}

/// The header `If-Match`: the revisions that a request may change.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch<'context>(Option<&'context str>);

impl<'context> IfMatch<'context> {
    /// The header of a request. Without it, every revision matches.
    pub fn from_context(context: &'context RequestContext<'_>) -> Self {
        Self(context.header("if-match"))
    }

    /// Checks the current revision of `what`, such as `query`.
    ///
    /// # Errors
    /// [`HubError::Outdated`] when the header names other revisions only.
    pub fn check(self, what: &'static str, revision: u64) -> Result<(), HubError> {
        match self.0 {
            Some(tags) if !matches(tags, &tag(revision)) => Err(HubError::Outdated(what)),
            _ => Ok(()),
        }
    }

    /// For `map_err`: a write conflict means [`HubError::Outdated`] if the request has `If-Match`, else
    /// [`HubError::Conflict`].
    pub fn superseded(self, what: &'static str) -> impl FnOnce(StoreError) -> HubError {
        move |error| match (error, self.0) {
            (StoreError::Conflict, Some(_)) => HubError::Outdated(what),
            (StoreError::Conflict, None) => HubError::Conflict(what),
            (other, _) => other.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(header: Option<&str>, revision: u64) -> bool {
        IfMatch(header).check("query", revision).is_ok()
    }

    #[test]
    fn one_of_the_tags_has_to_match_the_current_revision() {
        assert!(allows(None, 7));
        assert!(allows(Some("*"), 7));
        assert!(allows(Some("\"7\""), 7));
        assert!(allows(Some("\"6\" ,\"7\""), 7));
        for other in ["", "7", "\"70\"", "W/\"7\"", "\"\""] {
            assert!(!allows(Some(other), 7), "{other}");
        }
    }

    #[test]
    fn a_conflict_is_outdated_only_with_if_match() {
        let superseded = |header| IfMatch(header).superseded("query")(StoreError::Conflict);
        assert!(matches!(superseded(Some("*")), HubError::Outdated("query")));
        assert!(matches!(superseded(None), HubError::Conflict("query")));
    }
}
