//! The evidence ledger: which words of which source bear out a sentence. Pure functions over text; no I/O, no model.

pub mod claims;
pub mod confidence;
pub mod quotes;
pub mod sentences;
