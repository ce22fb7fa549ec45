//! Row formats of the knowledge table, and helpers for DynamoDB items.
//!
//! Rows are independent of the API's types. Attributes that older versions did not write are optional.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::{self, Key};
use crate::{
    domain::{ContentType, DocumentHeader, DocumentId, Lead, LibraryId},
    ports::{Chunk, Posting, StoreError},
};

/// A DynamoDB item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Version of the row formats. Incremented when the previous version could not read the new rows.
pub(super) const SCHEMA: u32 = 1;

/// Row of a document header. `live` is the current version, `last_version` the last reserved one. `unfinished` and
/// `unfinished_since` are set during a write and put the row into the index `unfinished`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeaderRow {
    pub(super) doc: DocumentId,
    pub(super) live: Option<u64>,
    pub(super) last_version: u64,
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    pub(super) content_type: Option<ContentType>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) metadata: Option<String>,
    pub(super) chunks: Option<u32>,
    pub(super) characters: Option<usize>,
    pub(super) terms: Option<u64>,
    pub(super) hash: Option<String>,
    pub(super) updated_at: Option<Timestamp>,
}

impl HeaderRow {
    /// Converts the row to the header of the current version; `None` if no version is published.
    pub(super) fn published(self) -> Result<Option<DocumentHeader>, StoreError> {
        let Some(version) = self.live else { return Ok(None) };
        let missing = || StoreError::Corrupt {
            row: "document header",
            reason: "an attribute is missing".into(),
        };
        let metadata = serde_json::from_str(self.metadata.as_deref().unwrap_or("{}")).map_err(|error| {
            StoreError::Corrupt {
                row: "document header",
                reason: error.to_string(),
            }
        })?;
        Ok(Some(DocumentHeader {
            id: self.doc,
            version,
            title: self.title.ok_or_else(missing)?,
            url: self.url,
            content_type: self.content_type.ok_or_else(missing)?,
            published_at: self.published_at,
            metadata,
            chunks: self.chunks.ok_or_else(missing)?,
            characters: self.characters.ok_or_else(missing)?,
            terms: self.terms.ok_or_else(missing)?,
            content_hash: self.hash.ok_or_else(missing)?,
            updated_at: self.updated_at.ok_or_else(missing)?,
        }))
    }
}

/// Row of a chunk. `terms` is `term:frequency` joined by spaces: a third of the size of a map, and readable in a console.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChunkRow {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) text: String,
    #[serde(default)]
    context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<Lead>,
    from: usize,
    to: usize,
    #[serde(default)]
    terms: String,
    length: u32,
}

impl ChunkRow {
    /// Converts a chunk to its row.
    pub(super) fn new(library: &LibraryId, id: &DocumentId, version: u64, chunk: &Chunk) -> Self {
        let Key { pk, sk } = Key::chunk(library, id, version, chunk.number);
        let terms: Vec<String> = chunk
            .terms
            .iter()
            .map(|(term, frequency)| format!("{term}:{frequency}"))
            .collect();
        Self {
            pk,
            sk,
            text: chunk.text.clone(),
            context: chunk.context.clone(),
            lead: chunk.lead.clone(),
            from: chunk.start,
            to: chunk.end,
            terms: terms.join(" "),
            length: chunk.length,
        }
    }

    /// Converts the row to its document version and chunk.
    pub(super) fn chunk(self) -> Result<(u64, Chunk), StoreError> {
        let corrupt = || StoreError::Corrupt {
            row: "chunk",
            reason: "its key or terms do not parse".into(),
        };
        let (version, number) = key::parse_chunk(&self.sk).ok_or_else(corrupt)?;
        let term = |entry: &str| {
            let (term, frequency) = entry.rsplit_once(':')?;
            Some((term.to_owned(), frequency.parse().ok()?))
        };
        let terms: Option<BTreeMap<String, u32>> = self
            .terms
            .split(' ')
            .filter(|t| !t.is_empty())
            .map(term)
            .collect();
        Ok((
            version,
            Chunk {
                number,
                context: self.context,
                lead: self.lead,
                text: self.text,
                start: self.from,
                end: self.to,
                terms: terms.ok_or_else(corrupt)?,
                length: self.length,
            },
        ))
    }
}

/// Converts a posting to its row. `e` holds four bytes per entry, chunk number and impact, big-endian; `c` holds the number
/// of chunks if it exceeds the number of entries. Names are short because searches read many postings per term.
pub(super) fn posting_item(library: &LibraryId, term: &str, posting: &Posting) -> Item {
    let mut item = Key::posting(library, term, posting).attributes();
    let packed: Vec<u8> = posting
        .entries
        .iter()
        .flat_map(|&(number, impact)| (u32::from(number as u16) << 16 | u32::from(impact)).to_be_bytes())
        .collect();
    item.insert("e".into(), AttributeValue::B(Blob::new(packed)));
    if posting.chunks as usize > posting.entries.len() {
        item.insert("c".into(), AttributeValue::N(posting.chunks.to_string()));
    }
    item
}

/// Converts a row to its posting.
pub(super) fn read_posting(item: &Item) -> Result<Posting, StoreError> {
    let corrupt = || StoreError::Corrupt {
        row: "posting",
        reason: "its key or entries do not parse".into(),
    };
    let (document, version) = string(item, "sk")
        .and_then(key::parse_posting)
        .ok_or_else(corrupt)?;
    let packed = item
        .get("e")
        .and_then(|value| value.as_b().ok())
        .ok_or_else(corrupt)?;
    let entries: Vec<(u32, u16)> = packed
        .as_ref()
        .chunks_exact(4)
        .map(|entry| {
            (
                u32::from(u16::from_be_bytes([entry[0], entry[1]])),
                u16::from_be_bytes([entry[2], entry[3]]),
            )
        })
        .collect();
    let chunks = number(item, "c").unwrap_or(entries.len() as u64) as u32;
    Ok(Posting {
        document,
        version,
        entries,
        chunks,
    })
}

/// Reads a string attribute.
pub(super) fn string<'item>(item: &'item Item, name: &str) -> Option<&'item str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// Reads a counter attribute. Counters that drifted below zero read as zero.
pub(super) fn number(item: &Item, name: &str) -> Option<u64> {
    let number: i64 = item.get(name)?.as_n().ok()?.parse().ok()?;
    Some(number.max(0) as u64)
}

/// Creates a number attribute.
pub(super) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Creates a string attribute.
pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_round_trips() {
        let document = DocumentId::parse("a#b%23").unwrap();
        for chunks in [2, 40] {
            let posting = Posting {
                document: document.clone(),
                version: 3,
                entries: vec![(7, 65_535), (0, 1)],
                chunks,
            };
            let item = posting_item(&LibraryId::default(), "cold", &posting);
            assert_eq!(read_posting(&item).unwrap(), posting);
        }
    }

    #[test]
    fn a_chunk_round_trips() {
        let chunk = Chunk {
            number: 12,
            context: "A > B".into(),
            lead: Some(Lead {
                text: "So:".into(),
                start: 2,
            }),
            text: "x: y".into(),
            start: 3,
            end: 7,
            terms: BTreeMap::from([("a:b".into(), 2), ("漢".into(), 1)]),
            length: 3,
        };
        let row = ChunkRow::new(&LibraryId::default(), &DocumentId::parse("d").unwrap(), 9, &chunk);
        assert_eq!(row.chunk().unwrap(), (9, chunk));
    }
}
