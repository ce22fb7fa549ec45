//! Postings and statistics of a document, computed from its chunks.

use std::collections::BTreeMap;

use super::bm25;
use crate::{
    domain::DocumentId,
    ports::{Chunk, Posting, StatisticsChange},
};

/// The postings of the chunks of one version, one for each term. The stored chunks give the same postings again, so
/// that a posting can be removed without being read.
pub fn postings(document: &DocumentId, version: u64, chunks: &[Chunk]) -> Vec<(String, Posting)> {
    let mut entries: BTreeMap<&str, Vec<(u32, u16)>> = BTreeMap::new();
    for chunk in chunks {
        for (term, &frequency) in &chunk.terms {
            entries
                .entry(term)
                .or_default()
                .push((chunk.number, bm25::impact(frequency, chunk.length)));
        }
    }
    let posting = |(term, mut entries): (&str, Vec<(u32, u16)>)| {
        let chunks = entries.len() as u32;
        entries.sort_unstable_by_key(|&(number, impact)| (std::cmp::Reverse(impact), number));
        entries.truncate(Posting::MAX_ENTRIES);
        (
            term.to_owned(),
            Posting {
                document: document.clone(),
                version,
                entries,
                chunks,
            },
        )
    };
    entries.into_iter().map(posting).collect()
}

/// The change in library statistics when these chunks are added (`sign` 1) or removed (-1).
pub fn statistics(chunks: &[Chunk], sign: i64) -> StatisticsChange {
    let mut change = StatisticsChange {
        document_frequency: BTreeMap::new(),
        chunks: sign * chunks.len() as i64,
        terms: sign * chunks.iter().map(|chunk| i64::from(chunk.length)).sum::<i64>(),
    };
    for term in chunks.iter().flat_map(|chunk| chunk.terms.keys()) {
        *change.document_frequency.entry(term.clone()).or_insert(0) += sign;
    }
    change
}

impl StatisticsChange {
    /// Adds another change to this one.
    pub fn merge(&mut self, other: Self) {
        self.chunks += other.chunks;
        self.terms += other.terms;
        for (term, count) in other.document_frequency {
            *self.document_frequency.entry(term).or_insert(0) += count;
        }
    }
}
