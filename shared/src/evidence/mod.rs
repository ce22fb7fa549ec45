//! Evidence: checks the sentences of an answer against source passages. Pure functions over text; no I/O, no model.

pub mod abbreviations;
pub mod align;
pub mod claims;
pub mod confidence;
pub mod confidence_features;
pub mod contradiction;
pub mod disagreement;
pub mod entailment;
pub(crate) mod languages;
pub mod markers;
pub mod no_claim;
pub mod question;
pub mod quotes;
mod references;
pub mod sanitize;
pub mod sentences;
pub mod shown_unit;
pub mod side;
pub mod sources;
pub mod statement;
pub mod units;
pub mod verifier;
pub mod words;
