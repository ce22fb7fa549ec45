//! Reciprocal rank fusion of several lanes (Cormack, Clarke and Büttcher, SIGIR 2009), with deduplication.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{ChunkId, DocumentId, LaneName, Passage};

/// The rank constant of the paper: the larger it is, the less the first ranks stand out.
const K: f64 = 60.0;
/// Maximum number of passages of one document.
const MAX_PER_DOCUMENT: usize = 3;

/// Fuses the passages of several lanes into one list of at most `top_k`, best first: each text once, and at most
/// [`MAX_PER_DOCUMENT`] passages of a document. If only one lane found something, its scores are kept.
pub fn fuse(lanes: Vec<(LaneName, Vec<Passage>)>, top_k: usize) -> Vec<Passage> {
    let single_lane = lanes.iter().filter(|(_, passages)| !passages.is_empty()).count() < 2;
    let mut merged: BTreeMap<ChunkId, Passage> = BTreeMap::new();
    for (lane, passages) in lanes {
        for (rank, passage) in (1..).zip(passages) {
            let score = if single_lane {
                passage.score
            } else {
                1.0 / (K + rank as f64)
            };
            let found = merged.entry(passage.id.clone()).or_insert(Passage {
                score: 0.0,
                ..passage
            });
            found.score += score;
            found.lanes.insert(lane, rank);
        }
    }
    let mut passages: Vec<Passage> = merged.into_values().collect();
    passages.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));

    let mut texts = HashMap::new();
    let mut per_document: HashMap<DocumentId, usize> = HashMap::new();
    passages.retain(|passage| {
        let first = texts.insert(passage.text.trim().to_owned(), ()).is_none();
        let of_document = per_document.entry(passage.id.document.clone()).or_insert(0);
        *of_document += usize::from(first);
        first && *of_document <= MAX_PER_DOCUMENT
    });
    passages.truncate(top_k);
    passages
}
