//! Web lane: a search provider names pages, another function reads them, and their passages are ranked here, as those of a
//! library are. What the provider says of a page is neither ranked nor quoted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    analyzer::query_terms,
    bm25,
    chunker::{self, each_stored_term},
    exact::{best_first, passage},
    ranking::{LookupTerm, lookup_terms},
};
use crate::{
    deadline::last_attempt,
    domain::{
        ChunkId, Document, DocumentHeader, DocumentId, LaneName, Language, LibraryId, PassageHeader,
        Question, WebPage, code_points,
    },
    ports::{Lane, LaneError, LaneResult, ReadPages, SearchWeb, StoredChunk, WebQuery},
};

/// Number of pages that are read for a question.
const PAGES: usize = 5;
/// The longest that the pages of a question are read for.
const MAX_READING: Duration = Duration::from_secs(8);
/// Number of other chunks, without a word of the question, that are counted for the frequencies of terms. The pages were chosen
/// because they have the subject of the question: among their chunks alone it would seem to be a frequent word, and weigh
/// nothing.
const BACKGROUND: u64 = 10_000;

/// The copy of a page that was read now, with the figures that headers of documents have.
pub fn copy(document: Document) -> WebPage {
    let (_, chunks) = chunker::cut(&document);
    let id = DocumentId::of_web_page(&document);
    let document = Document { id, ..document };
    let header = DocumentHeader {
        id: document.id.clone(),
        version: 1,
        title: document.title.clone(),
        url: document.url.clone(),
        content_type: document.content_type,
        published_at: document.published_at,
        metadata: document.metadata.clone(),
        chunks: chunks.len() as u32,
        origin: document.origin.clone(),
        characters: code_points(document.text.as_str()),
        terms: chunks.iter().map(|chunk| u64::from(chunk.length)).sum(),
        content_hash: document.content_hash(),
        updated_at: Timestamp::now(),
    };
    WebPage { header, document }
}

/// Searches the web.
pub struct WebLane {
    search: Arc<dyn SearchWeb>,
    pages: Arc<dyn ReadPages>,
}

impl WebLane {
    /// Creates the lane over a search provider and the function that reads pages.
    pub fn new(search: Arc<dyn SearchWeb>, pages: Arc<dyn ReadPages>) -> Self {
        Self { search, pages }
    }
}

#[async_trait]
impl Lane for WebLane {
    async fn find(
        &self,
        _library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError> {
        let (question, words) = (question.as_str(), words(question.as_str()));
        let query = WebQuery {
            question,
            words: &words,
        };
        let addresses = self.search.search(query, PAGES).await?;
        if addresses.is_empty() {
            return Ok(LaneResult::default());
        }
        let left = last_attempt().map_or(MAX_READING, |at| at.saturating_duration_since(Instant::now()));
        let pages = self.pages.read(&addresses, left.min(MAX_READING)).await?;
        Ok(rank(pages, question, top_k))
    }
}

/// The words of a question without function words, as they are written.
fn words(question: &str) -> String {
    let language = Language::detect(question, "");
    let terms = query_terms(question, &[language]);
    let words = terms.iter().filter(|term| term.counts);
    let words: Vec<&str> = words
        .filter_map(|term| question.get(term.start..term.end))
        .collect();
    words.join(" ")
}

/// The passages of pages for a question.
fn rank(pages: Vec<WebPage>, question: &str, top_k: usize) -> LaneResult {
    let mut languages = BTreeSet::from([Language::English]);
    let mut chunks = Vec::new();
    let mut seen = BTreeSet::new();
    for WebPage { header, document } in pages {
        // Two addresses may lead to the same page.
        if !seen.insert(header.id.clone()) {
            continue;
        }
        let (language, cut) = chunker::cut(&document);
        languages.insert(language);
        let header_of_passages = Arc::new(PassageHeader::from(&header));
        chunks.extend(cut.into_iter().map(|chunk| StoredChunk {
            id: ChunkId {
                document: header.id.clone(),
                version: header.version,
                number: chunk.number,
            },
            header: Arc::clone(&header_of_passages),
            language,
            context: chunk.context,
            lead: chunk.lead,
            text: chunk.text,
            start: chunk.start,
            end: chunk.end,
            locations: chunk.locations,
            length: chunk.length,
        }));
    }
    let languages: Vec<Language> = languages.into_iter().collect();
    let terms = lookup_terms(question, &languages);
    let frequencies = frequencies(&chunks, &terms);
    let count = chunks.len() as u64 + BACKGROUND;
    let idf = |frequency: u64| bm25::idf(frequency.max(1), count);
    let weights: Vec<(String, f64)> = terms
        .iter()
        .zip(&frequencies)
        .map(|(term, frequency)| (term.text.clone(), term.share * idf(*frequency)))
        .collect();
    let length: u64 = chunks.iter().map(|chunk| u64::from(chunk.length)).sum();
    let average = length as f64 / chunks.len().max(1) as f64;
    let passages = best_first(chunks, &weights, average)
        .into_iter()
        .filter(|(score, _)| *score > 0.0)
        .take(top_k);
    let with_rank = |(rank, (score, chunk))| {
        let mut passage = passage(score, chunk);
        passage.lanes.insert(LaneName::Web, rank);
        passage
    };
    let is_unknown = |(_, frequency): &(&LookupTerm, &u64)| **frequency == 0;
    LaneResult {
        passages: (1..).zip(passages).map(with_rank).collect(),
        unknown: terms
            .iter()
            .zip(&frequencies)
            .filter(is_unknown)
            .map(|(term, _)| term.text.clone())
            .collect(),
        weights: terms
            .iter()
            .zip(&frequencies)
            .map(|(term, frequency)| (term.text.clone(), idf(*frequency)))
            .collect(),
        similar: BTreeMap::new(),
    }
}

/// The number of chunks that have each term.
fn frequencies(chunks: &[StoredChunk], terms: &[LookupTerm]) -> Vec<u64> {
    let mut frequencies = vec![0; terms.len()];
    for chunk in chunks {
        let mut has = vec![false; terms.len()];
        each_stored_term(chunk, |_, _, term| {
            if let Some(place) = terms.iter().position(|wanted| wanted.text == term.text) {
                has[place] = true;
            }
        });
        for (frequency, has) in frequencies.iter_mut().zip(has) {
            *frequency += u64::from(has);
        }
    }
    frequencies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AddressUpload, ContentType, DocumentText};

    fn page(name: &str, text: &str) -> WebPage {
        let upload = AddressUpload::new(format!("https://site.example/{name}"));
        copy(Document {
            id: upload.id,
            title: name.to_owned(),
            url: Some(upload.url),
            text: DocumentText::parse(text.to_owned()).unwrap(),
            content_type: ContentType::Markdown,
            published_at: None,
            metadata: serde_json::Map::new(),
            origin: None,
            locations: Vec::new(),
        })
    }

    #[test]
    fn the_subject_of_every_page_still_counts() {
        let pages = vec![
            page("Tower", "The tower of Brant was finished in 1889."),
            page("Guide", "The tower of Brant has three floors. The tower is open."),
            page("Bridges", "The bridge was finished early, and finished well."),
        ];
        let found = rank(pages, "When was the tower of Brant finished?", 2);
        let best: Vec<&str> = found
            .passages
            .iter()
            .map(|passage| passage.header.title.as_str())
            .collect();
        assert_eq!(best, ["Tower", "Guide"]);
        assert_eq!(found.passages[0].lanes, BTreeMap::from([(LaneName::Web, 1)]));
        assert!(found.unknown.is_empty(), "{:?}", found.unknown);
        let none = rank(Vec::new(), "When was the tower finished?", 2);
        assert!(none.passages.is_empty());
    }

    #[test]
    fn function_words_are_left_out() {
        for (question, expected) in [
            ("Who invented the Fresnel lens?", "invented Fresnel lens"),
            ("Wer hat die Fresnel-Linse erfunden?", "Fresnel Linse erfunden"),
            ("lighthouse", "lighthouse"),
        ] {
            assert_eq!(words(question), expected);
        }
    }

    #[test]
    fn another_content_of_a_page_is_another_copy() {
        let (one, again, other) = (page("a", "One."), page("a", "One."), page("a", "Two."));
        assert_eq!(one.header.id, again.header.id);
        assert_ne!(one.header.id, other.header.id);
        assert!(one.header.id.is_web_page());
    }
}
