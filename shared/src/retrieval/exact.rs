//! Exact scores of chunks from their text: BM25, and the nearness of the terms for the best ones.

use std::collections::BTreeMap;

use crate::{
    domain::{ChunkId, Passage},
    ports::StoredChunk,
    retrieval::{
        bm25,
        chunker::{Part, each_stored_term},
        proximity,
        ranking::rank,
    },
};

/// The chunks with their scores, best first. `weights` has the terms of the question with their weights; `average_length` is
/// that of a chunk, in terms.
pub(super) fn best_first(
    chunks: Vec<StoredChunk>,
    weights: &[(String, f64)],
    average_length: f64,
) -> Vec<(f64, StoredChunk)> {
    let mut scored: Vec<(f64, ChunkId, (StoredChunk, f64))> = chunks
        .into_iter()
        .map(|chunk| {
            let (score, closeness) = score(&chunk, weights, average_length);
            (score, chunk.id.clone(), (chunk, closeness))
        })
        .collect();
    rank(&mut scored, |(_, closeness)| *closeness);
    scored
        .into_iter()
        .map(|(score, _, (chunk, _))| (score, chunk))
        .collect()
}

/// The passage of a chunk with this score.
pub(super) fn passage(score: f64, chunk: StoredChunk) -> Passage {
    Passage {
        id: chunk.id,
        header: chunk.header,
        context: chunk.context,
        lead: chunk.lead,
        text: chunk.text,
        start: chunk.start,
        end: chunk.end,
        locations: chunk.locations,
        score,
        lanes: BTreeMap::new(),
    }
}

/// The BM25 score of a chunk, and the closeness of the terms in its text.
fn score(chunk: &StoredChunk, weights: &[(String, f64)], average_length: f64) -> (f64, f64) {
    let mut frequencies = vec![0; weights.len()];
    let mut words: Vec<Option<usize>> = Vec::new();
    each_stored_term(chunk, |part, weight, term| {
        let place = weights.iter().position(|(text, _)| *text == term.text);
        if let Some(place) = place {
            frequencies[place] += weight;
        }
        if part == Part::Text && term.counts {
            words.push(place);
        }
    });
    let bm25: f64 = weights
        .iter()
        .zip(frequencies)
        .map(|((_, weight), frequency)| weight * bm25::saturation(frequency, chunk.length, average_length))
        .sum();
    let words = words
        .iter()
        .map(|place| place.map_or("", |place| weights[place].0.as_str()));
    (bm25, proximity::closeness(weights, words))
}
