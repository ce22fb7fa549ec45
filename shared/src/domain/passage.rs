//! Passages: chunks that retrieval found.

use std::{collections::BTreeMap, fmt, ops::Range, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    claim::Citation,
    document::{ContentType, DocumentHeader},
    ids::DocumentId,
    lane_name::LaneName,
    location::{Location, place_of_quote},
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

/// What a passage shows of its document.
#[derive(Debug, Clone, PartialEq)]
pub struct PassageHeader {
    /// Title.
    pub title: String,
    /// URL of the original.
    pub url: Option<String>,
    /// Media type of the text.
    pub content_type: ContentType,
    /// When the document was published.
    pub published_at: Option<Timestamp>,
}

impl From<&DocumentHeader> for PassageHeader {
    fn from(header: &DocumentHeader) -> Self {
        Self {
            title: header.title.clone(),
            url: header.url.clone(),
            content_type: header.content_type,
            published_at: header.published_at,
        }
    }
}

/// A passage: a chunk that was found for a question, or a text that a request supplied.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Id of the chunk.
    pub id: ChunkId,
    /// The document.
    pub header: Arc<PassageHeader>,
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
    /// Where parts of the text come from, if the document was parsed from a file.
    pub locations: Vec<Location>,
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
        let header = PassageHeader {
            title,
            url: None,
            content_type: ContentType::Markdown,
            published_at: None,
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
            locations: Vec::new(),
            score: 1.0,
            lanes: BTreeMap::new(),
        }
    }

    /// The citation of bytes of the text; `source` counts from 1.
    pub fn citation(&self, source: usize, bytes: Range<usize>) -> Citation {
        self.citation_of((&self.text, self.start), source, bytes)
    }

    /// The citation of bytes of the lead; `source` counts from 1.
    pub fn citation_of_lead(&self, source: usize, lead: &Lead, bytes: Range<usize>) -> Citation {
        self.citation_of((&lead.text, lead.start), source, bytes)
    }

    /// The citation of bytes of a text that begins at this code point of the document.
    fn citation_of(&self, (text, start): (&str, usize), source: usize, bytes: Range<usize>) -> Citation {
        let quote = text.get(bytes.clone()).unwrap_or_default();
        let quote_start = start + code_points(text.get(..bytes.start).unwrap_or_default());
        let (page, place) = place_of_quote(&self.locations, text, start, &bytes, quote_start).unzip();
        let headings = || (!self.context.is_empty()).then(|| self.context.clone());
        Citation {
            source,
            page: page.flatten(),
            location: place.or_else(headings),
            quote_start,
            quote_end: quote_start + code_points(quote),
            quote: quote.to_owned(),
        }
    }
}
