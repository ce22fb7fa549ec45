//! The journal of unfinished writes, and the notes of libraries whose segments wait to be merged.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{
    key::Key,
    rows::{Item, s, string},
};
use crate::{
    domain::LibraryId,
    ports::{Garbage, JournalEntry, StoreError},
};

/// Name of the attribute with what to delete.
pub(super) const GARBAGE: &str = "garbage";

/// [`Garbage`] as JSON.
#[derive(Serialize, Deserialize)]
struct GarbageJson {
    segments: Vec<(String, u32)>,
    chunks: Vec<Range<u64>>,
}

/// What to delete, as JSON.
pub(super) fn garbage_json(garbage: &Garbage) -> String {
    let segments = garbage.segments.iter();
    let json = GarbageJson {
        segments: segments.map(|(id, buckets)| (id.to_string(), *buckets)).collect(),
        chunks: garbage.chunks.clone(),
    };
    serde_json::json!(json).to_string()
}

/// Converts a journal entry to its row.
pub(super) fn entry_row(entry: &JournalEntry) -> Item {
    let mut row = Key::journal(entry.id).attributes();
    row.insert("library".into(), s(entry.library.as_str()));
    row.insert(GARBAGE.into(), s(garbage_json(&entry.garbage)));
    row
}

/// Converts a row to its journal entry.
pub(super) fn entry_from_row(row: &Item) -> Result<JournalEntry, StoreError> {
    decode(row).ok_or_else(|| StoreError::Corrupt {
        row: "journal entry",
        reason: "an attribute is missing or does not parse".into(),
    })
}

fn decode(row: &Item) -> Option<JournalEntry> {
    let json: GarbageJson = serde_json::from_str(string(row, GARBAGE)?).ok()?;
    let segment = |(id, buckets): (String, u32)| Some((Ulid::from_string(&id).ok()?, buckets));
    Some(JournalEntry {
        id: Ulid::from_string(string(row, "sk")?).ok()?,
        library: LibraryId::parse(string(row, "library")?).ok()?,
        garbage: Garbage {
            segments: json.segments.into_iter().map(segment).collect::<Option<_>>()?,
            chunks: json.chunks,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_round_trips() {
        let entry = JournalEntry {
            id: Ulid::from(3_u128),
            library: LibraryId::default(),
            garbage: Garbage {
                segments: vec![(Ulid::from(3_u128), 4)],
                chunks: vec![7..9, 12..13],
            },
        };
        assert_eq!(entry_from_row(&entry_row(&entry)).unwrap(), entry);
    }
}
