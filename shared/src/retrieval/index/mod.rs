//! Indexer: writes, deletes and merges. Rows are written first and become visible in one transaction; what they replace is
//! deleted afterwards. A journal entry names the rows that nobody needs, before and after the transaction, so that a crash
//! at any point loses nothing, publishes no half document, and leaves nothing that the sweep does not find.

mod delete;
mod delete_library;
mod indexer;
mod ingest;
mod merge;
mod sweep;

pub use delete_library::{ABANDONED_AFTER, LibraryDeletion};
pub use indexer::Indexer;
pub use ingest::IndexedDocument;
pub use sweep::Swept;
