//! Exact BM25 over every chunk of the library, with the final ranking of the keyword lane: what bounded search is compared
//! with.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    thread,
};

use anyhow::Context;
use shared::{
    domain::{ChunkId, DocumentId, LaneName, Language, Passage},
    markup::mask,
    ports::Chunk,
    retrieval::{
        analyzer::analyze,
        bm25, chunker, fusion,
        proximity::closeness,
        ranking::{lookup_terms, rank},
    },
};

use super::{super::retrieval::SearchResult, corpus::Page};

/// Scores that differ by less are ties: sums of the same numbers depend on their order.
const TIE: f64 = 1e-9;
/// How many of the best chunks are ranked: more than the final ranking reorders.
const RANKED: usize = 100;

/// An inverted index in memory that grows with the library.
#[derive(Default)]
pub(super) struct Reference {
    chunks: Vec<IndexedChunk>,
    /// The chunks of each document, in their order.
    documents: HashMap<String, Range<usize>>,
    /// The chunks that have a term, with its frequency in each.
    postings: HashMap<String, Vec<(u32, u32)>>,
    /// The length of all chunks, in terms.
    terms: u64,
    /// The languages of the documents.
    languages: BTreeSet<Language>,
}

struct IndexedChunk {
    document: DocumentId,
    number: u32,
    start: u64,
    text: String,
    language: Language,
    length: u32,
}

/// The score of a chunk, what ties are ordered by, and its place and text.
type Scored<'a> = (f64, (&'a DocumentId, u32), (usize, &'a str));

/// The exact result of one search.
pub(super) struct Exact<'a> {
    reference: &'a Reference,
    /// The documents of the returned chunks, best first.
    pub(super) documents: Vec<String>,
    /// The score of each chunk of the library.
    scores: Vec<f64>,
    /// The lowest score of the returned chunks.
    lowest: f64,
}

impl Reference {
    /// Adds pages, cut and analysed as the server does.
    pub(super) fn add(&mut self, pages: &[Page]) -> anyhow::Result<()> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = pages.len().div_ceil(threads).max(1);
        let parts: Vec<_> = thread::scope(|scope| {
            let parts: Vec<_> = pages
                .chunks(share)
                .map(|pages| scope.spawn(|| pages.iter().map(cut).collect::<anyhow::Result<Vec<_>>>()))
                .collect();
            parts.into_iter().map(|part| part.join()).collect()
        });
        for part in parts {
            let documents = part.map_err(|_panic| anyhow::anyhow!("the chunker panicked"))??;
            for (id, language, chunks) in documents {
                self.add_chunks(&id, language, chunks)?;
            }
        }
        Ok(())
    }

    fn add_chunks(&mut self, id: &DocumentId, language: Language, chunks: Vec<Chunk>) -> anyhow::Result<()> {
        let first = self.chunks.len();
        self.languages.insert(language);
        for chunk in chunks {
            let place = u32::try_from(self.chunks.len()).context("too many chunks")?;
            for (term, frequency) in chunk.terms {
                self.postings.entry(term).or_default().push((place, frequency));
            }
            self.terms += u64::from(chunk.length);
            self.chunks.push(IndexedChunk {
                document: id.clone(),
                number: chunk.number,
                start: chunk.start as u64,
                text: chunk.text,
                language,
                length: chunk.length,
            });
        }
        self.documents.insert(id.to_string(), first..self.chunks.len());
        Ok(())
    }

    /// The number of chunks.
    pub(super) fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Searches for at most `top_k` chunks. Texts that are alike and further chunks of a document are left out as the
    /// server does.
    pub(super) fn search(&self, question: &str, top_k: usize) -> Exact<'_> {
        let (weights, mut scores) = self.scores(question);
        let mut best: Vec<Scored<'_>> = scores
            .iter()
            .enumerate()
            .filter(|(_, score)| **score > 0.0)
            .map(|(place, score)| {
                let chunk = &self.chunks[place];
                (
                    *score,
                    (&chunk.document, chunk.number),
                    (place, chunk.text.as_str()),
                )
            })
            .collect();
        if best.len() > RANKED {
            best.select_nth_unstable_by(RANKED, |a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            best.truncate(RANKED);
        }
        rank(&mut best, |(place, text)| {
            let words = analyze(&mask(text), self.chunks[*place].language).into_iter();
            let words: Vec<String> = words.filter(|term| term.counts).map(|term| term.text).collect();
            closeness(&weights, words.iter().map(String::as_str))
        });
        for (score, _, (place, _)) in &best {
            scores[*place] = *score;
        }
        best.truncate(top_k);
        let passages = best
            .into_iter()
            .map(|(score, _, (place, _))| self.passage(place, score));
        let returned = fusion::fuse(vec![(LaneName::Keyword, passages.collect())], top_k);
        Exact {
            reference: self,
            lowest: returned.last().map_or(f64::INFINITY, |passage| passage.score),
            documents: returned
                .into_iter()
                .map(|passage| passage.id.document.to_string())
                .collect(),
            scores,
        }
    }

    /// The terms of a question with their weights, and the BM25 score of each chunk.
    fn scores(&self, question: &str) -> (Vec<(String, f64)>, Vec<f64>) {
        let average = self.terms as f64 / self.chunks.len().max(1) as f64;
        let mut scores = vec![0.0; self.chunks.len()];
        let mut languages = vec![Language::English];
        languages.extend(
            self.languages
                .iter()
                .filter(|language| **language != Language::English),
        );
        let terms = lookup_terms(question, &languages).into_iter().map(|term| {
            let postings = self.postings.get(&term.text).map_or(&[][..], Vec::as_slice);
            // As in the keyword lane, an unknown term weighs as much as one in a single chunk.
            let weight = term.share * bm25::idf(postings.len().max(1) as u64, self.chunks.len() as u64);
            for &(place, frequency) in postings {
                let place = place as usize;
                scores[place] += weight * bm25::saturation(frequency, self.chunks[place].length, average);
            }
            (term.text, weight)
        });
        let weights = terms.collect();
        (weights, scores)
    }

    fn passage(&self, place: usize, score: f64) -> Passage {
        let chunk = &self.chunks[place];
        Passage {
            id: ChunkId {
                document: chunk.document.clone(),
                version: 1,
                number: chunk.number,
            },
            score,
            ..Passage::supplied(1, String::new(), chunk.text.clone())
        }
    }

    /// The place of the chunk that starts at a code point of a document.
    fn place(&self, document: &str, start: u64) -> anyhow::Result<usize> {
        let of_document = self.documents.get(document).cloned();
        of_document
            .and_then(|mut places| places.find(|place| self.chunks[*place].start == start))
            .with_context(|| {
                format!("no chunk of document {document} starts at {start}: the server cuts documents in another way")
            })
    }
}

impl Exact<'_> {
    /// The share of the chunks of this result that a search found. Any chunk that scores as much as the last of this result
    /// counts. `None` if this result is empty.
    pub(super) fn overlap(&self, found: &SearchResult) -> anyhow::Result<Option<f64>> {
        let expected = self.documents.len();
        if expected == 0 {
            return Ok(None);
        }
        let mut as_good = 0_usize;
        for (document, start) in found.documents.iter().zip(&found.starts) {
            let place = self.reference.place(document, *start)?;
            as_good += usize::from(self.scores[place] >= self.lowest - TIE);
        }
        Ok(Some(as_good.min(expected) as f64 / expected as f64))
    }
}

fn cut(page: &Page) -> anyhow::Result<(DocumentId, Language, Vec<Chunk>)> {
    let document = page
        .to_stored()
        .with_context(|| format!("page {} of the corpus", page.id))?;
    let (language, chunks) = chunker::cut(&document);
    Ok((document.id, language, chunks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(texts: &[&str]) -> Reference {
        let pages: Vec<Page> = texts
            .iter()
            .enumerate()
            .map(|(id, text)| Page {
                id: id.to_string(),
                title: format!("Page {id}"),
                text: (*text).to_owned(),
            })
            .collect();
        let mut reference = Reference::default();
        reference.add(&pages[..1]).unwrap();
        reference.add(&pages[1..]).unwrap();
        reference
    }

    fn found(documents: &[&str]) -> SearchResult {
        SearchResult {
            documents: documents.iter().map(|id| (*id).to_owned()).collect(),
            starts: vec![0; documents.len()],
            took_ms: 0.0,
            read_units: None,
        }
    }

    #[test]
    fn the_rarest_word_decides_and_all_matches_are_found() {
        let reference = reference(&["The ferry leaves at nine.", "The train leaves.", "Nothing."]);
        let exact = reference.search("When does the ferry leave?", 10);
        assert_eq!(exact.documents, ["0", "1"]);
        assert_eq!(reference.search("zebra", 10).documents.len(), 0);
        assert_eq!(reference.chunks(), 3);
    }

    #[test]
    fn ties_count_as_equal_and_worse_chunks_do_not() {
        let reference = reference(&["ferry nine", "ferry ten", "ferry one of many more words in here"]);
        let exact = reference.search("ferry", 1);
        assert_eq!(exact.documents, ["0"]);
        assert_eq!(exact.overlap(&found(&["0"])).unwrap(), Some(1.0));
        assert_eq!(exact.overlap(&found(&["1"])).unwrap(), Some(1.0));
        assert_eq!(exact.overlap(&found(&["2"])).unwrap(), Some(0.0));
        let two = reference.search("ferry", 2);
        assert_eq!(two.overlap(&found(&["1", "2"])).unwrap(), Some(0.5));
        assert!(two.overlap(&found(&["7"])).is_err());
        assert_eq!(reference.search("zebra", 2).overlap(&found(&[])).unwrap(), None);
    }
}
