//! Finding passages: how text becomes terms and chunks, how they are written to the index, and how it is searched.

pub mod analyzer;
pub mod bm25;
mod breakpoints;
pub mod chunker;
pub mod full_document;
pub mod fusion;
pub mod index;
pub mod keyword;
pub mod postings;
pub mod proximity;
#[cfg(test)]
pub(crate) mod test_passages;
