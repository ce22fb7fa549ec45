//! The citation agent: numbers the passages, once and for good, and shows them as sources.

use crate::domain::{Passage, Source};

/// Code points of a passage that a source shows.
const SNIPPET: usize = 280;

/// Source `n` is `passages[n - 1]`.
pub fn sources(passages: &[Passage]) -> Vec<Source> {
    let source = |(number, passage): (usize, &Passage)| Source {
        number,
        document_id: passage.id.document.clone(),
        chunk_id: passage.id.to_string(),
        title: passage.header.title.clone(),
        url: passage.header.url.clone(),
        snippet: snippet(&passage.text),
        score: (passage.score * 1_000.0).round() / 1_000.0,
        lanes: passage.lanes.clone(),
    };
    (1..).zip(passages).map(source).collect()
}

/// The beginning of a text on one line, cut after a word.
fn snippet(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = line.char_indices().nth(SNIPPET) else {
        return line;
    };
    let cut = line[..cut].rfind(' ').unwrap_or(cut);
    format!("{} …", &line[..cut])
}
