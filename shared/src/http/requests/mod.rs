//! Requests parsed to valid input, one module per resource.

mod agents;
mod annotations;
#[cfg(feature = "openapi")]
pub(crate) mod described;
mod documents;
mod faults;
mod limit;
mod queries;
mod search;
mod usage;

pub use agents::{AgentList, FactCheck, Synthesis, agent, agents, citation, entities, fact_check, synthesis};
pub use annotations::{annotations, feedback};
pub use documents::{
    DocumentBatch, DocumentReport, IngestReport, Ingested, ListDocuments, PendingReport, document_path,
    documents, list_documents,
};
pub use queries::{
    ListQueries, ReprocessRequest, ask, comprehensive, empty_body, last_event_id, list_queries, query_id,
    reprocess, version,
};
pub use search::{Search, search};
pub use usage::usage;
