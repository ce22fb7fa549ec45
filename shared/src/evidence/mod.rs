//! The evidence ledger: which words of which source bear out a sentence. Pure functions over text; no I/O, no model.

pub mod align;
pub mod asked;
pub mod claims;
pub mod clash;
pub mod confidence;
pub mod disagreement;
pub mod grounds;
pub mod harmless;
pub mod ledger;
pub mod markers;
pub mod predicate;
pub mod quotes;
pub mod sentences;
pub mod sources;
pub mod support;
pub mod words;

#[cfg(test)]
mod tests;
