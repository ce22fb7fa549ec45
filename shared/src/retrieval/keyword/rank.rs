//! Exact scores of chunks from their text: BM25, and the nearness of the terms for the best ones.

use std::collections::BTreeMap;

use crate::{
    ports::StoredChunk,
    retrieval::{bm25, chunker, proximity::closeness},
};

/// Number of best chunks whose score rises with the proximity of the terms, and the share of the terms' weights it
/// adds. On the training queries of SciFact, nDCG@10 goes from 0.706 to 0.709, on those of NQ recall@1 from 0.804 to
/// 0.809.
pub const RERANKED: usize = 20;
const PROXIMITY_WEIGHT: f64 = 0.2;

/// Scores chunks for the terms of a question.
pub struct Scorer {
    weights: Vec<(String, f64)>,
    average_length: f64,
}

impl Scorer {
    /// Terms with their inverse document frequency, and the average number of terms of a chunk.
    pub fn new(weights: Vec<(String, f64)>, average_length: f64) -> Self {
        Self {
            weights,
            average_length,
        }
    }

    /// The chunks with their scores, best first. Ties are in the order of their ids, so that equal reads give equal
    /// results.
    pub fn best_first(&self, chunks: Vec<StoredChunk>) -> Vec<(f64, StoredChunk)> {
        let best_first = |a: &(f64, StoredChunk), b: &(f64, StoredChunk)| {
            b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id))
        };
        let mut scored: Vec<(f64, StoredChunk)> = chunks
            .into_iter()
            .map(|chunk| (self.bm25(&chunk), chunk))
            .collect();
        scored.sort_unstable_by(best_first);
        let best = scored.len().min(RERANKED);
        for (score, chunk) in &mut scored[..best] {
            *score += PROXIMITY_WEIGHT * closeness(&self.weights, &chunk.text);
        }
        scored[..best].sort_unstable_by(best_first);
        scored
    }

    fn bm25(&self, chunk: &StoredChunk) -> f64 {
        let counts = frequencies(chunk);
        let weight = |(term, idf): &(String, f64)| {
            let frequency = counts.get(term.as_str()).copied().unwrap_or(0);
            idf * bm25::saturation(frequency, chunk.length, self.average_length)
        };
        self.weights.iter().map(weight).sum()
    }

    /// The weight of each term.
    pub fn into_weights(self) -> BTreeMap<String, f64> {
        self.weights.into_iter().collect()
    }
}

/// How often each term occurs in a stored chunk, as when it was indexed.
fn frequencies(chunk: &StoredChunk) -> BTreeMap<String, u32> {
    chunker::stored_terms(
        &chunk.header.title,
        &chunk.context,
        chunk.lead.as_ref().map(|lead| lead.text.as_str()),
        &chunk.text,
        chunk.header.content_type,
    )
}
