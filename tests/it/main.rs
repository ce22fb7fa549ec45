//! Integration tests: the real function binaries over an embedded DynamoDB.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests and their helpers fail by panicking"
)]

mod addresses;
mod agents;
mod answer_cache;
mod answers;
mod aws_faults;
mod blocks;
mod cargo_lambda;
mod comprehensive;
mod contract;
mod conversations;
mod corpus;
mod crash;
mod crawl_faults;
mod crawls;
mod disagreements;
mod document_faults;
mod document_queue;
mod embeddings;
mod eval_answers;
mod eval_scale;
mod file_uploads;
mod files;
mod forms;
mod front_matter;
mod gateway;
mod health_check;
mod history;
mod hub;
mod idempotency;
mod index_state;
mod inputs;
mod invariants;
mod judge;
mod layers;
mod libraries;
mod lifecycle;
mod llm_faults;
mod llm_settings;
mod metrics;
mod models;
mod open_circuits;
mod openapi;
mod operations;
mod outage;
mod paging;
mod poison;
mod policies;
mod proof;
mod queue;
mod rows;
mod samples;
mod segments;
mod spend;
mod streams;
mod support;
mod users;
mod verification;
mod versions;
mod web_search;
mod website;
