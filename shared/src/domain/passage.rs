//! A piece of a stored document, as retrieval finds it.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{DocumentHeader, DocumentId, LaneName};

/// One chunk of one version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChunkId {
    /// The document.
    pub document: DocumentId,
    /// Its version, from 1.
    pub version: u64,
    /// The place in the document, from 0.
    pub number: u32,
}

impl fmt::Display for ChunkId {
    /// `{document}:{version}:{number}`; the last two colons separate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.document, self.version, self.number)
    }
}

/// A chunk that was found for a question.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Which chunk.
    pub id: ChunkId,
    /// The document it is from.
    pub header: Arc<DocumentHeader>,
    /// Headings that stand over the text, outermost first, joined by ` > `; empty without any.
    pub context: String,
    /// The text, exactly as it stands in the document.
    pub text: String,
    /// Where the text starts in the document, in code points.
    pub start: usize,
    /// Where it ends, exclusive, in code points.
    pub end: usize,
    /// How well it fits; comparable within one result only.
    pub score: f64,
    /// Its rank, from 1, in each lane that found it.
    pub lanes: BTreeMap<LaneName, usize>,
}
