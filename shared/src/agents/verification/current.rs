//! The current version of a cited document: where its quotations are now, or the closest text.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use crate::{
    domain::{ChunkId, Citation, Claim, CodePoints, Passage, PassageHeader, StoredDocument},
    evidence::{confidence::terms, quotes},
    retrieval::chunker::{self, Piece},
};

/// Number of chunks of a changed document that are searched per citation: those that share most terms with it.
const MAX_CLOSEST_CHUNKS: usize = 3;

/// What is needed of a current document to check its citations.
pub(super) struct CurrentDocument {
    /// The current location of each quotation, in code points; `None` if the document does not contain it.
    pub(super) locations: Vec<Option<Range<usize>>>,
    /// The chunks with the quotations, or with the closest text.
    pub(super) passages: Vec<Passage>,
}

impl CurrentDocument {
    /// Locates citations in a document. Keeps only the passages that are needed, not the text.
    pub(super) fn new(document: StoredDocument, citations: &[(&Claim, &Citation)]) -> Self {
        let StoredDocument { header, text, .. } = document;
        let pieces = chunker::pieces(&text, header.content_type);
        let mut points = CodePoints::new(&text);
        let mut locations = Vec::new();
        // Ranges of pieces, each once.
        let mut ranges: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (claim, citation) in citations {
            let location = locate(&text, citation);
            match &location {
                Some(bytes) => {
                    let first = pieces.partition_point(|piece| piece.bytes.end <= bytes.start);
                    let end = pieces.partition_point(|piece| piece.bytes.start < bytes.end);
                    ranges.insert((first, end));
                }
                None => {
                    let query = [claim.text.as_str(), &citation.quote];
                    ranges.extend(closest(&text, &pieces, query).map(|piece| (piece, piece + 1)));
                }
            }
            locations.push(location.map(|bytes| points.at(bytes.start)..points.at(bytes.end)));
        }
        let shown = Arc::new(PassageHeader::from(&header));
        let passage = |(first, end): (usize, usize)| {
            let pieces = pieces.get(first..end)?;
            let bytes = pieces.first()?.bytes.start..pieces.last()?.bytes.end;
            Some(Passage {
                lead: None,
                id: ChunkId {
                    document: header.id.clone(),
                    version: header.version,
                    number: first as u32,
                },
                header: shown.clone(),
                context: pieces.first()?.context.clone(),
                start: points.at(bytes.start),
                end: points.at(bytes.end),
                locations: Vec::new(),
                text: text[bytes].to_owned(),
                score: 1.0,
                lanes: BTreeMap::new(),
            })
        };
        let passages = ranges.into_iter().filter_map(passage).collect();
        Self { locations, passages }
    }
}

/// Returns the bytes of the quotation in a text, at word boundaries. If there are several occurrences, returns the one
/// nearest to the cited offset.
pub(super) fn locate(text: &str, citation: &Citation) -> Option<Range<usize>> {
    let quote = citation.quote.as_str();
    if quote.is_empty() {
        return None;
    }
    let mut points = CodePoints::new(text);
    let occurrences = text.match_indices(quote).map(|(at, _)| at..at + quote.len());
    occurrences
        .filter(|bytes| quotes::is_whole_words(text, bytes))
        .min_by_key(|bytes| points.at(bytes.start).abs_diff(citation.quote_start))
}

/// Returns the pieces that share the most terms with the query texts, and at least one.
fn closest<'query>(
    text: &str,
    pieces: &[Piece],
    query: [&'query str; 2],
) -> impl Iterator<Item = usize> + use<'query> {
    let query_terms = terms(query);
    let shared = |piece: &Piece| {
        let piece_terms = terms([&text[piece.bytes.clone()]]);
        query_terms.intersection(&piece_terms).count()
    };
    let mut ranked: Vec<(usize, usize)> = pieces.iter().map(shared).enumerate().collect();
    ranked.retain(|&(_, shared)| shared > 0);
    ranked.sort_unstable_by_key(|&(piece, shared)| (std::cmp::Reverse(shared), piece));
    ranked
        .into_iter()
        .take(MAX_CLOSEST_CHUNKS)
        .map(|(piece, _)| piece)
}
