//! Requests parsed to valid input, one module per resource.

mod agents;
mod annotations;
mod crawls;
#[cfg(feature = "openapi")]
pub(crate) mod described;
mod documents;
mod faults;
mod libraries;
mod limit;
mod queries;
mod search;
mod usage;

pub use agents::{
    AgentList, FactCheck, Synthesis, agent, agents, browser, citation, entities, fact_check, pdf, synthesis,
};
pub use annotations::{annotations, feedback};
pub use crawls::{crawl, crawl_id};
pub use documents::{
    DocumentBatch, DocumentReport, IngestReport, Ingested, ListDocuments, PendingReport, document_path,
    documents, list_documents, own_document_path,
};
pub use libraries::{library_path, list_libraries};
pub use queries::{
    ListQueries, ReprocessRequest, ask, comprehensive, empty_body, last_event_id, list_queries, query_id,
    reprocess, version,
};
pub use search::{Search, search};
pub use usage::usage;
