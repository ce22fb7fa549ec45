//! Row formats of the knowledge table, and helpers for DynamoDB items.
//!
//! Rows are independent of the API's types. Attributes that older versions did not write are optional.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::Key;
use crate::{
    domain::{
        ChunkId, ContentType, DocumentHeader, DocumentId, Language, Lead, LibraryId, Location, Origin,
        PassageHeader,
    },
    ports::{Chunk, Ordinal, PlacedHeader, StoreError, StoredChunk},
    retrieval::analyzer,
};

/// A DynamoDB item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Version of the row formats. Incremented when the previous version could not read the new rows.
pub(super) const SCHEMA: u32 = 2;

/// Attribute with the token of the write that made a row what it is. A write whose response was lost is sent again and
/// recognises its own row by it.
pub(super) const WRITTEN_BY: &str = "written_by";

/// Whether a row was written under this token.
pub(super) fn is_written_by(row: &Item, token: &str) -> bool {
    string(row, WRITTEN_BY) == Some(token)
}

/// Row of a document header. `live` is the version; `first` the ordinal of its first chunk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeaderRow {
    pub(super) pk: String,
    pub(super) sk: String,
    doc: DocumentId,
    live: u64,
    first: u64,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    content_type: ContentType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_at: Option<Timestamp>,
    metadata: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    chunks: u32,
    characters: usize,
    terms: u64,
    hash: String,
    updated_at: Timestamp,
    analyzer: u32,
    schema: u32,
}

impl HeaderRow {
    /// Converts a header to its row.
    pub(super) fn new(library: &LibraryId, placed: &PlacedHeader) -> Self {
        let PlacedHeader { header, first } = placed.clone();
        let Key { pk, sk } = Key::header(library, &header.id);
        Self {
            pk,
            sk,
            doc: header.id,
            live: header.version,
            first,
            title: header.title,
            url: header.url,
            content_type: header.content_type,
            published_at: header.published_at,
            metadata: serde_json::Value::from(header.metadata).to_string(),
            origin: header.origin,
            chunks: header.chunks,
            characters: header.characters,
            terms: header.terms,
            hash: header.content_hash,
            updated_at: header.updated_at,
            analyzer: analyzer::VERSION,
            schema: SCHEMA,
        }
    }

    /// Converts the row to its header.
    pub(super) fn placed(self) -> Result<PlacedHeader, StoreError> {
        let metadata = serde_json::from_str(&self.metadata).map_err(|error| StoreError::Corrupt {
            row: "document header",
            reason: error.to_string(),
        })?;
        let header = DocumentHeader {
            id: self.doc,
            version: self.live,
            title: self.title,
            url: self.url,
            content_type: self.content_type,
            published_at: self.published_at,
            metadata,
            origin: self.origin,
            chunks: self.chunks,
            characters: self.characters,
            terms: self.terms,
            content_hash: self.hash,
            updated_at: self.updated_at,
        };
        Ok(PlacedHeader {
            header,
            first: self.first,
        })
    }
}

/// Row of a chunk, with what a search shows of its document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChunkRow {
    pub(super) pk: String,
    pub(super) sk: String,
    doc: DocumentId,
    version: u64,
    number: u32,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(rename = "type")]
    content_type: ContentType,
    #[serde(default, skip_serializing_if = "is_default")]
    language: Language,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_at: Option<Timestamp>,
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<Lead>,
    from: usize,
    to: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    places: Vec<Location>,
    length: u32,
}

impl ChunkRow {
    /// Converts a chunk of a document to its row.
    pub(super) fn new(library: &LibraryId, placed: &PlacedHeader, language: Language, chunk: &Chunk) -> Self {
        let PlacedHeader { header, first } = placed;
        let Key { pk, sk } = Key::chunk(library, first + Ordinal::from(chunk.number));
        Self {
            pk,
            sk,
            doc: header.id.clone(),
            version: header.version,
            number: chunk.number,
            title: header.title.clone(),
            url: header.url.clone(),
            content_type: header.content_type,
            language,
            published_at: header.published_at,
            text: chunk.text.clone(),
            context: chunk.context.clone(),
            lead: chunk.lead.clone(),
            from: chunk.start,
            to: chunk.end,
            places: chunk.locations.clone(),
            length: chunk.length,
        }
    }

    /// Converts the row to its chunk.
    pub(super) fn chunk(self) -> StoredChunk {
        StoredChunk {
            id: ChunkId {
                document: self.doc,
                version: self.version,
                number: self.number,
            },
            header: Arc::new(PassageHeader {
                title: self.title,
                url: self.url,
                content_type: self.content_type,
                published_at: self.published_at,
            }),
            language: self.language,
            context: self.context,
            lead: self.lead,
            text: self.text,
            start: self.from,
            end: self.to,
            locations: self.places,
            length: self.length,
        }
    }
}

fn is_default(language: &Language) -> bool {
    *language == Language::default()
}

/// Name of the attribute with the content of a row of a segment.
const CONTENT: &str = "b";

/// Converts a row of a segment to an item.
pub(super) fn segment_item(key: Key, bytes: Vec<u8>) -> Item {
    let mut item = key.attributes();
    item.insert(CONTENT.into(), AttributeValue::B(Blob::new(bytes)));
    item
}

/// Takes the content of a row of a segment.
pub(super) fn segment_bytes(item: &mut Item) -> Option<Vec<u8>> {
    match item.remove(CONTENT) {
        Some(AttributeValue::B(bytes)) => Some(bytes.into_inner()),
        _ => None,
    }
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::Place;

    #[test]
    fn a_header_and_a_chunk_round_trip() {
        let header = DocumentHeader {
            id: DocumentId::parse("a#b%23").unwrap(),
            version: 9,
            title: "Title".into(),
            url: None,
            content_type: ContentType::Markdown,
            published_at: Some(Timestamp::UNIX_EPOCH),
            metadata: serde_json::Map::new(),
            origin: Some(Origin {
                media_type: "application/pdf".into(),
                bytes: 9,
                name: None,
                fetched_at: None,
                notes: vec!["1 page has no text".into()],
            }),
            chunks: 13,
            characters: 70,
            terms: 40,
            content_hash: "00".into(),
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let placed = PlacedHeader { header, first: 1_000 };
        let library = LibraryId::default();
        let row = HeaderRow::new(&library, &placed);
        let item = serde_dynamo::to_item::<_, Item>(row).unwrap();
        let row: HeaderRow = serde_dynamo::from_item(item).unwrap();
        assert_eq!(row.placed().unwrap(), placed);

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
            locations: vec![
                Location {
                    start: 3,
                    place: Place::Page(2),
                },
                Location {
                    start: 5,
                    place: Place::Sheet {
                        name: "S".into(),
                        row: 1,
                        column: 2,
                    },
                },
            ],
            terms: BTreeMap::from([("a:b".into(), 2), ("漢".into(), 1)]),
            words: BTreeMap::new(),
            length: 3,
        };
        let row = ChunkRow::new(&library, &placed, Language::German, &chunk);
        assert_eq!((row.pk.as_str(), row.sk.as_str()), ("L#default#C#3", "f4"));
        let item = serde_dynamo::to_item::<_, Item>(row).unwrap();
        let stored = serde_dynamo::from_item::<_, ChunkRow>(item).unwrap().chunk();
        assert_eq!(stored.locations, chunk.locations);
        assert_eq!((stored.id.number, stored.id.version), (12, 9));
        assert_eq!((stored.text, stored.start, stored.end), (chunk.text, 3, 7));
    }
}
