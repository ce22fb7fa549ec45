//! Requests to valid input, one file per resource.

mod agents;
mod annotations;
mod documents;
mod queries;
mod search;
mod usage;

pub use agents::{AgentList, FactCheck, Synthesis, agent, agents, citation, entities, fact_check, synthesis};
pub use annotations::{annotations, feedback};
pub use documents::{Incoming, ListDocuments, Report, document_path, documents, library, list_documents};
pub use queries::{
    Again, ListQueries, again, ask, comprehensive, last_event_id, list_queries, nothing, query_id, version,
};
pub use search::{Search, search};
pub use usage::usage;

/// What only the description of the API needs to know of requests.
#[cfg(feature = "openapi")]
pub(crate) mod described {
    pub(crate) use super::{
        agents::schema::of as agent_body,
        annotations::{AnnotationsBody, FeedbackBody},
        documents::{Batch, MAX_TITLE, MAX_URL},
        queries::AskBody,
        search::Body as SearchBody,
        usage::{DEFAULT_DAYS, MAX_DAYS},
    };
}

use super::RequestContext;
use crate::domain::InvalidInput;

/// Items on a page when nothing is said, and at most.
pub(crate) const DEFAULT_LIMIT: usize = 20;
pub(crate) const MAX_LIMIT: usize = 100;

/// The parameter `limit`, 1 to 100.
///
/// # Errors
/// When it is not such a number.
pub fn limit(context: &RequestContext<'_>) -> Result<usize, InvalidInput> {
    match context.query("limit").map(str::parse) {
        None => Ok(DEFAULT_LIMIT),
        Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
        Some(_) => Err(InvalidInput::malformed(
            "?limit",
            format!("must be a number from 1 to {MAX_LIMIT}"),
        )),
    }
}

/// Puts the faults of several fields together.
fn all<T>(field: Result<T, InvalidInput>, faults: &mut Option<InvalidInput>) -> Option<T> {
    match field {
        Ok(value) => Some(value),
        Err(fault) => {
            *faults = Some(match faults.take() {
                Some(faults) => faults.and(fault),
                None => fault,
            });
            None
        }
    }
}

/// For `map_err`: a fault of a value, named by the place of the value.
fn at(pointer: impl Into<String>) -> impl FnOnce(InvalidInput) -> InvalidInput {
    let pointer = pointer.into();
    move |mut fault| {
        for error in &mut fault.errors {
            error.pointer.clone_from(&pointer);
        }
        fault
    }
}

/// A fault of a parameter, named by it.
fn parameter<T>(name: &str, parsed: Result<T, InvalidInput>) -> Result<T, InvalidInput> {
    parsed.map_err(|fault| InvalidInput {
        malformed: true,
        ..at(format!("?{name}"))(fault)
    })
}
