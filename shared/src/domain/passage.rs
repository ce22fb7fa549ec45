//! A piece of a stored document, as retrieval finds it.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ContentType, DocumentHeader, DocumentId, LaneName, code_points};

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

impl Passage {
    /// A text that a request gives itself, as the only chunk of a document that is stored nowhere. `number` is its place
    /// in the request, from 1.
    pub fn given(number: usize, title: String, text: String) -> Self {
        let document = DocumentId::given(number);
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
            text,
            start: 0,
            end,
            score: 1.0,
            lanes: BTreeMap::new(),
        }
    }
}
