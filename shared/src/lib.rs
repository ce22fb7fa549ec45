//! The common crate: what every function of Attest shares. Read it in the order of the modules below.

pub mod domain;
pub mod error;
pub mod ports;

pub mod deadline;
pub mod guard;
pub mod listener;
pub mod meter;
pub mod outbound;

pub mod agents;
pub mod answering;
pub mod evidence;
pub mod orchestrator;
pub mod retrieval;

pub mod config;
pub mod health;
pub mod http;
pub mod llm;
pub mod store;
pub mod telemetry;

#[cfg(feature = "openapi")]
pub mod openapi;
#[cfg(feature = "testing")]
pub mod testing;
