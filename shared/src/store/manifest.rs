//! Manifest rows: one small row for each live segment of a library.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    key::Key,
    rows::{Item, n, number, s, string},
};
use crate::{
    domain::LibraryId,
    ports::{DeadChunks, Segment, StoreError},
    retrieval::segment::numbers,
};

/// Converts a segment to its manifest row.
pub(super) fn segment_row(library: &LibraryId, segment: &Segment) -> Item {
    let mut row = Key::manifest(library, segment.id).attributes();
    for (name, value) in [
        ("changes", segment.changes),
        ("chunks", segment.chunks),
        ("terms", segment.terms),
        ("buckets", u64::from(segment.buckets)),
        ("words", u64::from(segment.vocabulary)),
        ("bytes", segment.bytes),
    ] {
        row.insert(name.into(), n(value));
    }
    let ordinals = segment.ordinals.iter().flat_map(|range| [range.start, range.end]);
    row.insert("ordinals".into(), bytes(numbers::encode_ascending(ordinals)));
    let languages = serde_json::json!(segment.languages).to_string();
    row.insert("languages".into(), s(languages));
    if !segment.dead.is_empty() {
        row.insert("dead".into(), dead_attribute(&segment.dead));
    }
    if let Some(documents) = segment.documents {
        row.insert("documents".into(), n(documents));
    }
    if let Some(changed_at) = segment.changed_at {
        row.insert("changed_ms".into(), n(changed_at.as_millisecond()));
    }
    if !segment.replaces.is_empty() {
        let ids: Vec<String> = segment.replaces.iter().map(Ulid::to_string).collect();
        row.insert("replaces".into(), s(ids.join(" ")));
    }
    row
}

/// Converts a manifest row to its segment.
pub(super) fn segment_from_row(row: &Item) -> Result<Segment, StoreError> {
    decode(row).ok_or_else(|| StoreError::Corrupt {
        row: "manifest",
        reason: "an attribute is missing or does not parse".into(),
    })
}

fn decode(row: &Item) -> Option<Segment> {
    let ids = string(row, "replaces").unwrap_or_default();
    let ordinals = numbers::decode_ascending(blob(row, "ordinals")?)?;
    Some(Segment {
        id: Ulid::from_string(string(row, "sk")?).ok()?,
        changes: number(row, "changes")?,
        ordinals: ordinals.chunks_exact(2).map(|ends| ends[0]..ends[1]).collect(),
        chunks: number(row, "chunks")?,
        terms: number(row, "terms")?,
        buckets: number(row, "buckets")?.try_into().ok()?,
        vocabulary: number(row, "words")?.try_into().ok()?,
        bytes: number(row, "bytes")?,
        languages: serde_json::from_str(string(row, "languages")?).ok()?,
        dead: blob(row, "dead").map_or(Some(Vec::new()), decode_dead)?,
        documents: signed(row, "documents"),
        changed_at: signed(row, "changed_ms").and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        replaces: ids
            .split_whitespace()
            .map(|id| Ulid::from_string(id).ok())
            .collect::<Option<_>>()?,
    })
}

fn signed(row: &Item, name: &str) -> Option<i64> {
    row.get(name)?.as_n().ok()?.parse().ok()
}

/// The attribute with dead chunks.
pub(super) fn dead_attribute(dead: &[DeadChunks]) -> AttributeValue {
    bytes(encode_dead(dead))
}

/// Dead chunks: first ordinals in ascending order, then the counts, then the terms.
fn encode_dead(dead: &[DeadChunks]) -> Vec<u8> {
    let mut dead = dead.to_vec();
    dead.sort_unstable();
    let mut bytes = numbers::encode_ascending(dead.iter().map(|dead| dead.first));
    for dead in &dead {
        numbers::put(&mut bytes, u64::from(dead.count));
        numbers::put(&mut bytes, dead.terms);
    }
    bytes
}

fn decode_dead(mut bytes: &[u8]) -> Option<Vec<DeadChunks>> {
    let first = numbers::take_ascending(&mut bytes)?;
    let mut dead = Vec::with_capacity(first.len());
    for first in first {
        dead.push(DeadChunks {
            first,
            count: numbers::take(&mut bytes)?.try_into().ok()?,
            terms: numbers::take(&mut bytes)?,
        });
    }
    bytes.is_empty().then_some(dead)
}

fn bytes(bytes: Vec<u8>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn blob<'row>(row: &'row Item, name: &str) -> Option<&'row [u8]> {
    row.get(name)?.as_b().ok().map(AsRef::as_ref)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn a_segment_round_trips() {
        let segment = Segment {
            changes: 7,
            ordinals: vec![3..90, 100..300],
            chunks: 287,
            terms: 40_000,
            buckets: 12,
            vocabulary: 2,
            bytes: 36_000,
            languages: [Language::English, Language::Other].into(),
            dead: vec![
                DeadChunks {
                    first: 5,
                    count: 2,
                    terms: 300,
                },
                DeadChunks {
                    first: 1_000_000,
                    count: 1,
                    terms: 0,
                },
            ],
            documents: Some(-3),
            changed_at: Some(Timestamp::from_millisecond(1_769_860_800_123).unwrap()),
            replaces: vec![Ulid::from(5_u128), Ulid::from(9_u128)],
            ..Segment::empty(Ulid::from(77_u128))
        };
        let row = segment_row(&LibraryId::default(), &segment);
        assert_eq!(segment_from_row(&row).unwrap(), segment);
        let empty = Segment::empty(Ulid::from(1_u128));
        assert_eq!(
            segment_from_row(&segment_row(&LibraryId::default(), &empty)).unwrap(),
            empty
        );
    }
}
