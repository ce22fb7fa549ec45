//! Words of the library that are spelt like an unknown word of a question.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    lookup::corrupt,
    row_cache::{Name, Reader},
};
use crate::{
    ports::{Manifest, StoreError},
    retrieval::{
        segment::vocabulary,
        spelling::{distance, unknown_words},
    },
};

/// Maximum number of unknown words that are looked for.
const MAX_WORDS: usize = 4;

/// The words of the library that are spelt like an unknown word of the question, with the number of chunks that have them;
/// `None` if a row is gone.
pub(super) async fn words(
    reader: &Reader<'_>,
    manifest: &Manifest,
    question: &str,
    unknown: &BTreeSet<String>,
) -> Result<Option<BTreeMap<String, u64>>, StoreError> {
    if unknown.is_empty() {
        return Ok(Some(BTreeMap::new()));
    }
    let unknown: Vec<&str> = unknown_words(question, unknown)
        .map(|(_, word)| word)
        .take(MAX_WORDS)
        .collect();
    let segments = manifest.segments.iter().filter(|segment| segment.vocabulary > 0);
    let names: BTreeSet<Name> = segments
        .flat_map(|segment| {
            let parts = unknown
                .iter()
                .flat_map(|word| vocabulary::parts(word, segment.vocabulary));
            parts.map(|name| (segment.id, name))
        })
        .collect();
    let names: Vec<Name> = names.into_iter().collect();
    let Some(rows) = reader.rows(&names).await? else {
        return Ok(None);
    };
    let mut similar = BTreeMap::new();
    for row in rows.values() {
        let add = |word: &str, _: &str, chunks: u64| {
            if unknown.iter().any(|unknown| distance(unknown, word).is_some()) {
                *similar.entry(word.to_owned()).or_insert(0) += chunks;
            }
        };
        vocabulary::read(row, add).ok_or_else(corrupt)?;
    }
    Ok(Some(similar))
}
