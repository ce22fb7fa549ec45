//! Adapters of the ports for DynamoDB, Parameter Store and Lambda; the only module that uses the AWS SDK.
//!
//! `retry.rs` repeats what fails, instead of the SDK.

mod access;
mod annotations;
mod answer_cache;
mod answer_rows;
mod answers;
mod aws_service;
mod batch;
mod cancel;
mod capacity;
mod client;
mod condition;
mod connector;
mod crawls;
mod delete;
mod delete_library;
mod deletion;
mod document_queue;
mod documents;
mod error;
mod events;
mod health;
mod idempotency;
mod index;
mod journal;
mod key;
mod libraries;
mod list_answers;
#[cfg(feature = "testing")]
mod local;
mod manifest;
mod page_reader;
mod pending;
mod probe;
mod publish;
mod query;
mod queue;
mod retry;
mod rows;
mod secrets;
mod spend;
mod transaction;
mod usage;
mod versions;
mod web_pages;
mod write;

pub use aws_sdk_dynamodb::Client;

pub use access::Access;
pub use answers::Answers;
pub use client::client;
pub use crawls::crawl_from_record;
pub use documents::Knowledge;
#[cfg(feature = "testing")]
pub use local::local_client;
pub use page_reader::{PageReader, ReadPagesEvent, ReadPagesResult};
pub use pending::{WaitingDocument, document_from_record};
pub use probe::{TableProbe, TableSettings, table_settings};
pub use queue::question_from_record;
pub use secrets::ParameterStore;
