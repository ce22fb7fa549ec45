//! Revisions as entity tags (RFC 9110): whoever changes something says which revision they mean to change.

use lambda_http::{
    Body, Response,
    http::{HeaderValue, header::ETAG},
};

use super::RequestContext;
use crate::{error::HubError, ports::StoreError};

fn tag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// Whether one of `tags`, separated by commas, is this one. A weak tag never is.
pub(super) fn names(tags: &str, tag: &str) -> bool {
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|one| one == "*" || one == tag)
}

/// Shows the revision of what the response shows.
pub fn set_etag(response: &mut Response<Body>, revision: u64) {
    if let Ok(tag) = HeaderValue::from_str(&tag(revision)) {
        response.headers_mut().insert(ETAG, tag);
    }
}

/// The revisions that a request may change, from its header `If-Match`.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch<'context>(Option<&'context str>);

impl<'context> IfMatch<'context> {
    /// Without the header, the request is about whatever is there.
    pub fn of(context: &'context RequestContext<'_>) -> Self {
        Self(context.header("if-match"))
    }

    /// Checks the revision that is there.
    ///
    /// # Errors
    /// When the request is not about this one.
    pub fn check(self, what: &'static str, revision: u64) -> Result<(), HubError> {
        match self.0 {
            Some(tags) if !names(tags, &tag(revision)) => Err(HubError::Outdated(what)),
            _ => Ok(()),
        }
    }

    /// For `map_err`: somebody else was quicker. Who named a revision learns that it is not there any more.
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
    fn one_of_the_tags_has_to_be_the_one_that_is_there() {
        assert!(allows(None, 7));
        assert!(allows(Some("*"), 7));
        assert!(allows(Some("\"7\""), 7));
        assert!(allows(Some("\"6\" ,\"7\""), 7));
        for other in ["", "7", "\"70\"", "W/\"7\"", "\"\""] {
            assert!(!allows(Some(other), 7), "{other}");
        }
    }

    #[test]
    fn who_named_a_revision_is_told_that_it_has_gone() {
        let superseded = |header| IfMatch(header).superseded("query")(StoreError::Conflict);
        assert!(matches!(superseded(Some("*")), HubError::Outdated("query")));
        assert!(matches!(superseded(None), HubError::Conflict("query")));
    }
}
