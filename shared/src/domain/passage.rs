//! Passages: chunks that retrieval found.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    document::{ContentType, DocumentHeader},
    ids::DocumentId,
    lane_name::LaneName,
    text::code_points,
};

/// Id of a chunk of one version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChunkId {
    /// The document.
    pub document: DocumentId,
    /// Version of the document, from 1.
    pub version: u64,
    /// Position in the document, from 0.
    pub number: u32,
}

impl fmt::Display for ChunkId {
    /// Writes `{document}:{version}:{number}`. The document id may contain colons; the last two are separators.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.document, self.version, self.number)
    }
}

/// A part of a document that is repeated before a chunk that begins inside a list, table or block of code: the line before
/// it, or the header of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The text, exactly as in the document.
    pub text: String,
    /// Start in the document, in code points.
    pub start: usize,
}

/// A passage: a chunk that was found for a question, or a text that a request supplied.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Id of the chunk.
    pub id: ChunkId,
    /// Header of the document.
    pub header: Arc<DocumentHeader>,
    /// Headings above the text, outermost first, joined by ` > `; empty if there are none.
    pub context: String,
    /// What introduces the text, where it begins inside a list, table or block of code.
    pub lead: Option<Lead>,
    /// The text, exactly as in the document.
    pub text: String,
    /// Start in the document, in code points.
    pub start: usize,
    /// End in the document, exclusive, in code points.
    pub end: usize,
    /// Relevance score; comparable within one result only.
    pub score: f64,
    /// Rank in each lane that found the passage, from 1.
    pub lanes: BTreeMap<LaneName, usize>,
}

impl Passage {
    /// Creates a passage from a text supplied in a request: the only chunk of a document that is not stored. `number` is
    /// its position in the request, from 1.
    pub fn supplied(number: usize, title: String, text: String) -> Self {
        let document = DocumentId::supplied(number);
        let end = code_points(&text);
        let header = DocumentHeader {
            id: document.clone(),
            version: 1,
            title,
            url: None,
            content_type: ContentType::Markdown,
            published_at: None,
            metadata: serde_json::Map::new(),
            chunks: 1,
            characters: end,
            terms: 0,
            content_hash: String::new(),
            updated_at: Timestamp::UNIX_EPOCH,
        };
        Self {
            id: ChunkId {
                document,
                version: 1,
                number: 0,
            },
            header: Arc::new(header),
            context: String::new(),
            lead: None,
            text,
            start: 0,
            end,
            score: 1.0,
            lanes: BTreeMap::new(),
        }
    }
}
