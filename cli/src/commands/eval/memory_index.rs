//! In-memory BM25 index for data sets that do not measure retrieval alone. It ranks like the stored library's keyword lane,
//! without read limits.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use anyhow::Context;
use jiff::Timestamp;
use shared::{
    agents::retrieval::Retrieved,
    domain::{
        ChunkId, ContentType, Document, DocumentHeader, DocumentId, DocumentText, LaneName, Passage, Question,
    },
    ports::Chunk,
    retrieval::{analyzer, bm25, chunker, fusion},
};

/// The number of passages per search: the API's default number of sources.
pub(super) const TOP_K: usize = 8;

/// A searchable set of chunked documents.
#[derive(Default)]
pub(super) struct MemoryIndex {
    chunks: Vec<(Chunk, Arc<DocumentHeader>)>,
    /// The chunks that contain each term.
    postings: HashMap<String, Vec<usize>>,
    terms: u64,
}

impl MemoryIndex {
    /// Chunks and indexes a document.
    pub(super) fn add(&mut self, id: &str, title: &str, text: &str) -> anyhow::Result<()> {
        let document = Document {
            id: DocumentId::parse(id)
                .ok()
                .context("a document has no usable id")?,
            title: title.to_owned(),
            url: None,
            text: DocumentText::parse(text.to_owned())
                .ok()
                .context("a document has no text")?,
            content_type: ContentType::Plain,
            published_at: None,
            metadata: serde_json::Map::new(),
        };
        let header = Arc::new(DocumentHeader {
            id: document.id.clone(),
            version: 1,
            title: document.title.clone(),
            url: None,
            content_type: document.content_type,
            published_at: None,
            metadata: serde_json::Map::new(),
            chunks: 0,
            characters: 0,
            terms: 0,
            content_hash: String::new(),
            updated_at: Timestamp::UNIX_EPOCH,
        });
        for chunk in chunker::chunks(&document) {
            for term in chunk.terms.keys() {
                self.postings
                    .entry(term.clone())
                    .or_default()
                    .push(self.chunks.len());
            }
            self.terms += u64::from(chunk.length);
            self.chunks.push((chunk, header.clone()));
        }
        Ok(())
    }

    /// The inverse document frequency of each term of a question.
    pub(super) fn weights(&self, question: &Question) -> BTreeMap<String, f64> {
        let weight = |term: String| {
            let frequency = self.postings.get(&term).map_or(1, Vec::len);
            let idf = bm25::idf(frequency as u64, self.chunks.len() as u64);
            (term, idf)
        };
        analyzer::distinct(question.as_str())
            .into_iter()
            .map(weight)
            .collect()
    }

    /// Returns the passages with the highest BM25 scores.
    pub(super) fn search(&self, question: &Question, top_k: usize) -> Retrieved {
        let weights = self.weights(question);
        let average = self.terms as f64 / self.chunks.len().max(1) as f64;
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for (term, weight) in &weights {
            for &place in self.postings.get(term).into_iter().flatten() {
                let chunk = &self.chunks[place].0;
                let frequency = chunk.terms.get(term).copied().unwrap_or_default();
                *scores.entry(place).or_default() +=
                    weight * bm25::saturation(frequency, chunk.length, average);
            }
        }
        let mut best: Vec<(usize, f64)> = scores.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let passages = best
            .into_iter()
            .take(top_k)
            .map(|(place, score)| self.passage(place, score));
        Retrieved {
            passages: fusion::fuse(vec![(LaneName::Keyword, passages.collect())], top_k),
            weights,
            ..Retrieved::default()
        }
    }

    fn passage(&self, place: usize, score: f64) -> Passage {
        let (chunk, header) = &self.chunks[place];
        Passage {
            id: ChunkId {
                document: header.id.clone(),
                version: header.version,
                number: chunk.number,
            },
            header: header.clone(),
            context: chunk.context.clone(),
            text: chunk.text.clone(),
            start: chunk.start,
            end: chunk.end,
            score,
            lanes: BTreeMap::new(),
        }
    }
}
