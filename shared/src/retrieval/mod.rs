//! Retrieval: analysis and chunking of text, indexing, keyword search, and web search.

pub mod analyzer;
pub mod bm25;
mod breakpoints;
pub mod chunker;
mod exact;
pub mod full_document;
pub mod fusion;
pub mod index;
pub mod keyword;
pub mod proximity;
pub mod ranking;
pub mod segment;
pub mod spelling;
#[cfg(test)]
pub(crate) mod test_passages;
pub mod web;
