//! The common crate of all functions: domain types, orchestrator, stores, model client and HTTP edge.

pub mod domain;
pub mod error;
pub mod ports;

mod aws_signature;
pub mod deadline;
pub mod event_sink;
pub mod http_client;
pub mod isolate;
pub mod meter;

pub mod agents;
pub mod bootstrap;
pub mod evidence;
pub mod orchestrator;
pub mod retrieval;

pub mod config;
pub mod health;
pub mod http;
pub mod llm;
pub mod markup;
pub mod store;
pub mod telemetry;
pub mod trigger;
pub mod web_search;

#[cfg(feature = "openapi")]
pub mod openapi;
#[cfg(feature = "testing")]
pub mod testing;
