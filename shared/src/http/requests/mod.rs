//! Requests parsed to valid input, one module per resource.

mod agents;
mod annotations;
mod documents;
mod faults;
mod limit;
mod queries;
mod search;
mod usage;

pub use agents::{AgentList, FactCheck, Synthesis, agent, agents, citation, entities, fact_check, synthesis};
pub use annotations::{annotations, feedback};
pub use documents::{
    DocumentBatch, DocumentReport, IngestReport, ListDocuments, PendingReport, document_path, documents,
    list_documents,
};
pub use queries::{
    ListQueries, ReprocessRequest, ask, comprehensive, empty_body, last_event_id, list_queries, query_id,
    reprocess, version,
};
pub use search::{Search, search};
pub use usage::usage;

/// Bodies and bounds that only the OpenAPI document needs.
#[cfg(feature = "openapi")]
pub(crate) mod described {
    pub(crate) use super::{
        agents::schema::agent_body,
        annotations::{AnnotationsBody, FeedbackBody},
        documents::{BatchBody, MAX_TITLE, MAX_URL},
        limit::{DEFAULT_LIMIT, MAX_LIMIT},
        queries::AskBody,
        search::SearchBody,
        usage::{DEFAULT_DAYS, MAX_DAYS},
    };
}
