//! The verification agent: whether the documents of today still say what a stored answer cites.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    deadline::Deadline,
    domain::{
        Answer, ChunkId, Citation, Claim, CodePoints, DocumentId, Passage, QueryId, StoredDocument, Verdict,
    },
    error::HubError,
    evidence::{confidence::terms, quotes, verifier::Verifier},
    ports::{ReadDocuments, StoreError},
    retrieval::{
        chunker::{self, Piece},
        full_document::full_document,
    },
};

/// Documents that are held in memory at once: up to 1 MB each.
const READ_AT_ONCE: usize = 8;
/// Chunks of a changed document that are looked through for each citation: those that share most words with it.
const LOOKED_THROUGH: usize = 3;

/// What has become of an answer's citations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Verification {
    /// The answer.
    pub query_id: QueryId,
    /// When the documents were read.
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub checked_at: Timestamp,
    /// Its claims, in its order.
    pub claims: Vec<CheckedClaim>,
    /// How many citations are in which state.
    pub summary: Summary,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// A claim, then and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckedClaim {
    /// Its id in the answer.
    pub id: String,
    /// The sentence, without its markers.
    pub text: String,
    /// Its verdict in the answer.
    pub verdict_then: Verdict,
    /// What the documents of today say to it.
    pub verdict_now: Verdict,
    /// Its citations, in the order of the answer.
    pub citations: Vec<CheckedCitation>,
}

/// A citation, now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckedCitation {
    /// The number of the source in the answer.
    pub source: usize,
    /// Its document.
    pub document_id: DocumentId,
    /// What has become of it.
    pub status: CitationStatus,
    /// The words. With offsets they stand in the document of today: the cited ones or, where those were changed, the
    /// closest that still tell about the claim. Without offsets they are the cited ones, which stand nowhere now.
    pub quote: String,
    /// Where they start in the text of today, in code points.
    pub quote_start: Option<usize>,
    /// Where they end, exclusive.
    pub quote_end: Option<usize>,
}

/// What has become of a citation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CitationStatus {
    /// Its words stand in the document, verbatim.
    StillSupported,
    /// The document is there, the words are not.
    Changed,
    /// The document was deleted.
    Gone,
}

/// How many citations are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "VerificationSummary")
)]
pub struct Summary {
    /// Their words stand in their documents.
    pub still_supported: usize,
    /// Their words do not.
    pub changed: usize,
    /// Their documents were deleted.
    pub gone: usize,
}

/// Reads each cited document once, several at a time, and checks the answer against them.
///
/// # Errors
/// When a document cannot be read for a failure of the store: then it is not known whether it is gone.
pub async fn verify(
    documents: &dyn ReadDocuments,
    answer: &Answer,
    deadline: Deadline,
) -> Result<Verification, HubError> {
    let checked_at = Timestamp::now();
    let cited = cited(answer)?;
    let mut reads = Vec::new();
    for (&id, citations) in &cited {
        reads.push(read(documents, answer, id, citations, deadline));
    }
    let todays: Todays<'_> = stream::iter(reads)
        .buffer_unordered(READ_AT_ONCE)
        .try_collect()
        .await?;
    let claims = check(answer, &cited, todays);
    Ok(Verification {
        query_id: answer.query_id,
        checked_at,
        summary: Summary::of(&claims),
        claims,
        took_ms: deadline.elapsed().as_millis() as u64,
    })
}

/// Only what is needed of a document is kept, so that not all texts are in memory together.
async fn read<'a>(
    documents: &dyn ReadDocuments,
    answer: &Answer,
    id: &'a DocumentId,
    citations: &[(&Claim, &Citation)],
    deadline: Deadline,
) -> Result<(&'a DocumentId, Option<Today>), HubError> {
    let document = full_document(documents, &answer.library, id, deadline).await?;
    Ok((id, document.map(|document| Today::of(document, citations))))
}

/// The citations of each document, with the claims that make them.
type Cited<'a> = BTreeMap<&'a DocumentId, Vec<(&'a Claim, &'a Citation)>>;
/// The cited documents as they are now; `None` for one that is gone.
type Todays<'a> = BTreeMap<&'a DocumentId, Option<Today>>;

fn cited(answer: &Answer) -> Result<Cited<'_>, StoreError> {
    let mut cited = Cited::new();
    for claim in &answer.claims {
        for citation in &claim.citations {
            let id = document(answer, citation).ok_or_else(|| StoreError::Corrupt {
                row: "answer",
                reason: format!("it cites source {}, which it does not have", citation.source),
            })?;
            cited.entry(id).or_default().push((claim, citation));
        }
    }
    Ok(cited)
}

fn document<'a>(answer: &'a Answer, citation: &Citation) -> Option<&'a DocumentId> {
    let mut sources = answer.sources.iter();
    let source = sources.find(|source| source.number == citation.source)?;
    Some(&source.document_id)
}

/// What a document of today has to say to the citations of it.
struct Today {
    /// For each citation, where its words stand now, in code points.
    places: Vec<Option<Range<usize>>>,
    /// The chunks with these words, or with words like them.
    passages: Vec<Passage>,
}

impl Today {
    fn of(document: StoredDocument, citations: &[(&Claim, &Citation)]) -> Self {
        let StoredDocument { header, text, .. } = document;
        let pieces = chunker::pieces(&text, header.content_type);
        let mut points = CodePoints::of(&text);
        let mut places = Vec::new();
        // From which piece to which, so that each is taken once.
        let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (claim, citation) in citations {
            let place = place(&text, citation);
            match &place {
                Some(bytes) => {
                    let first = pieces.partition_point(|piece| piece.bytes.end <= bytes.start);
                    let end = pieces.partition_point(|piece| piece.bytes.start < bytes.end);
                    taken.insert((first, end));
                }
                None => {
                    let words = [claim.text.as_str(), &citation.quote];
                    taken.extend(closest(&text, &pieces, words).map(|piece| (piece, piece + 1)));
                }
            }
            places.push(place.map(|bytes| points.at(bytes.start)..points.at(bytes.end)));
        }
        let header = Arc::new(header);
        let passage = |(first, end): (usize, usize)| {
            let pieces = pieces.get(first..end)?;
            let bytes = pieces.first()?.bytes.start..pieces.last()?.bytes.end;
            Some(Passage {
                id: ChunkId {
                    document: header.id.clone(),
                    version: header.version,
                    number: first as u32,
                },
                header: header.clone(),
                context: pieces.first()?.context.clone(),
                start: points.at(bytes.start),
                end: points.at(bytes.end),
                text: text[bytes].to_owned(),
                score: 1.0,
                lanes: BTreeMap::new(),
            })
        };
        let passages = taken.into_iter().filter_map(passage).collect();
        Self { places, passages }
    }
}

/// The bytes where the cited words stand verbatim and whole; of several places, the one nearest to where they stood.
fn place(text: &str, citation: &Citation) -> Option<Range<usize>> {
    let quote = citation.quote.as_str();
    if quote.is_empty() {
        return None;
    }
    let mut points = CodePoints::of(text);
    let places = text.match_indices(quote).map(|(at, _)| at..at + quote.len());
    places
        .filter(|bytes| quotes::is_whole(text, bytes))
        .min_by_key(|bytes| points.at(bytes.start).abs_diff(citation.quote_start))
}

/// The pieces of a text that share most terms with these words, at least one each.
fn closest<'words>(
    text: &str,
    pieces: &[Piece],
    words: [&'words str; 2],
) -> impl Iterator<Item = usize> + use<'words> {
    let wanted = terms(words);
    let shared = |piece: &Piece| {
        let there = terms([&text[piece.bytes.clone()]]);
        wanted.intersection(&there).count()
    };
    let mut ranked: Vec<(usize, usize)> = pieces.iter().map(shared).enumerate().collect();
    ranked.retain(|&(_, shared)| shared > 0);
    ranked.sort_unstable_by_key(|&(piece, shared)| (std::cmp::Reverse(shared), piece));
    ranked.into_iter().take(LOOKED_THROUGH).map(|(piece, _)| piece)
}

/// Looks each claim up anew, in what today's documents say where they were cited.
fn check(answer: &Answer, cited: &Cited<'_>, todays: Todays<'_>) -> Vec<CheckedClaim> {
    let mut passages: Vec<Passage> = Vec::new();
    // The places of citations, found again by the citation itself; and the numbers of each document's passages.
    let mut places: Vec<(&Citation, Option<Range<usize>>)> = Vec::new();
    let mut numbers: BTreeMap<&DocumentId, Range<usize>> = BTreeMap::new();
    for (id, today) in todays {
        let Some(today) = today else { continue };
        let first = passages.len() + 1;
        passages.extend(today.passages);
        numbers.insert(id, first..passages.len() + 1);
        let citations = cited.get(id).into_iter().flatten().map(|(_, citation)| *citation);
        places.extend(citations.zip(today.places));
    }
    let mut verifier = Verifier::of(&passages);
    let place_of = |citation: &Citation| {
        let mut places = places.iter();
        let (_, place) = places.find(|(other, _)| std::ptr::eq(*other, citation))?;
        place.clone()
    };
    let check = |claim: &Claim| {
        let ids = claim
            .citations
            .iter()
            .filter_map(|citation| document(answer, citation));
        let ids: BTreeSet<&DocumentId> = ids.collect();
        let named: Vec<usize> = ids
            .iter()
            .filter_map(|id| numbers.get(*id).cloned())
            .flatten()
            .collect();
        let finding = verifier.find(&claim.text, &named);
        let mut words = finding.citations;
        // What a citation that stands has already shown is no closest words for another.
        words.retain(|found| {
            let mut query_status = claim.citations.iter().filter_map(&place_of);
            !query_status.any(|place| place.start < found.quote_end && found.quote_start < place.end)
        });
        let citations = claim.citations.iter().filter_map(|citation| {
            let id = document(answer, citation)?;
            let mut checked = CheckedCitation {
                source: citation.source,
                document_id: id.clone(),
                status: CitationStatus::Gone,
                quote: citation.quote.clone(),
                quote_start: None,
                quote_end: None,
            };
            if let Some(place) = place_of(citation) {
                checked.status = CitationStatus::StillSupported;
                (checked.quote_start, checked.quote_end) = (Some(place.start), Some(place.end));
            } else if let Some(numbers) = numbers.get(id) {
                checked.status = CitationStatus::Changed;
                if let Some(found) = words.iter().position(|found| numbers.contains(&found.source)) {
                    let found = words.remove(found);
                    checked.quote = found.quote;
                    (checked.quote_start, checked.quote_end) =
                        (Some(found.quote_start), Some(found.quote_end));
                }
            }
            Some(checked)
        });
        let citations: Vec<CheckedCitation> = citations.collect();
        let all_stand = citations
            .iter()
            .all(|citation| citation.status == CitationStatus::StillSupported);
        CheckedClaim {
            id: claim.id.clone(),
            text: claim.text.clone(),
            verdict_then: claim.verdict,
            // Where all the words stand and nothing speaks against the claim, what they proved they still prove: more
            // than the ledger may have had a say in the verdict.
            verdict_now: match finding.verdict {
                Verdict::Unverified if all_stand => claim.verdict,
                verdict => verdict,
            },
            citations,
        }
    };
    answer.claims.iter().map(check).collect()
}

impl Summary {
    fn of(claims: &[CheckedClaim]) -> Self {
        let mut summary = Self::default();
        for citation in claims.iter().flat_map(|claim| &claim.citations) {
            let count = match citation.status {
                CitationStatus::StillSupported => &mut summary.still_supported,
                CitationStatus::Changed => &mut summary.changed,
                CitationStatus::Gone => &mut summary.gone,
            };
            *count += 1;
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        agents::citation::sources,
        domain::{ContentType, DocumentHeader, LibraryId},
        evidence::claims,
        retrieval::test_passages::passage,
    };

    const LAMP: &str = "The lamp of Brannock was lit in 1871. Its first keeper was Ada Holm.";
    const TOWER: &str = "The tower of Brannock is 31 metres tall.";
    const TEXT: &str =
        "The lamp of Brannock was lit in 1871. [1] The tower of Brannock is 31 metres tall. [2]";

    /// An answer whose two claims cite the documents `lamp` and `tower`.
    fn answer() -> Answer {
        let passages = [passage("lamp", LAMP), passage("tower", TOWER)];
        let answer = json!({
            "query_id": QueryId::generate(), "status": "completed", "query": "?", "library": "default",
            "session_id": null, "answer": TEXT, "abstained": null,
            "confidence": { "retrieval": 1.0, "answer": 1.0, "reasons": [] },
            "claims": claims::verify(TEXT, &passages), "sources": sources(&passages),
            "disagreements": [], "entities": [],
            "plan": { "pattern": "pipeline", "lanes": [], "writers": [] },
            "stages": [], "degraded": [], "attempts": [],
            "usage": { "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "read_units": 0.0, "write_units": 0.0 },
            "provider": "extractive", "model": "extractive", "cache": "miss",
            "created_at": "2026-01-31T12:00:00Z", "took_ms": 1,
        });
        serde_json::from_value(answer).unwrap()
    }

    fn stored(id: &str, text: &str) -> StoredDocument {
        StoredDocument {
            library: LibraryId::default(),
            header: DocumentHeader {
                content_type: ContentType::Plain,
                version: 2,
                ..(*passage(id, text).header).clone()
            },
            text: text.to_owned(),
        }
    }

    /// The claims of the answer beside documents with these texts, `None` for one that is gone.
    fn today(lamp: Option<&str>, tower: Option<&str>) -> Vec<CheckedClaim> {
        let answer = answer();
        let cited = cited(&answer).unwrap();
        let todays = cited.iter().map(|(&id, citations)| {
            let text = if id.as_str() == "lamp" { lamp } else { tower };
            let today = text.map(|text| Today::of(stored(id.as_str(), text), citations));
            (id, today)
        });
        let todays = todays.collect();
        check(&answer, &cited, todays)
    }

    fn one(claim: &CheckedClaim) -> (&CheckedCitation, Verdict) {
        assert_eq!(claim.verdict_then, Verdict::Supported);
        assert_eq!(claim.citations.len(), 1, "{claim:?}");
        (&claim.citations[0], claim.verdict_now)
    }

    fn words<'a>(text: &'a str, citation: &CheckedCitation) -> &'a str {
        let (start, end) = (citation.quote_start.unwrap(), citation.quote_end.unwrap());
        let byte = |point| text.char_indices().nth(point).map_or(text.len(), |(at, _)| at);
        &text[byte(start)..byte(end)]
    }

    #[test]
    fn where_nothing_happened_all_is_still_supported() {
        let claims = today(Some(LAMP), Some(TOWER));
        for claim in &claims {
            let (citation, now) = one(claim);
            assert_eq!(now, Verdict::Supported);
            assert_eq!(citation.status, CitationStatus::StillSupported);
        }
        assert_eq!(
            Summary::of(&claims),
            Summary {
                still_supported: 2,
                ..Summary::default()
            }
        );
    }

    #[test]
    fn words_that_moved_are_shown_where_they_stand_now() {
        let moved = format!("😀 {}\n\n{LAMP}", "A long new beginning. ".repeat(300));
        let claims = today(Some(&moved), Some(TOWER));
        let (citation, now) = one(&claims[0]);
        assert_eq!(
            (citation.status, now),
            (CitationStatus::StillSupported, Verdict::Supported)
        );
        assert_eq!(words(&moved, citation), "The lamp of Brannock was lit in 1871.");
    }

    #[test]
    fn other_words_that_say_the_same_are_shown_and_the_claim_holds() {
        let other = "Its keeper was Ada Holm. In 1871 the lamp of Brannock was first lit.";
        let claims = today(Some(other), Some(TOWER));
        let (citation, now) = one(&claims[0]);
        assert_eq!(
            (citation.status, now),
            (CitationStatus::Changed, Verdict::Supported)
        );
        assert!(words(other, citation).contains("lamp of Brannock"));
        assert_eq!(words(other, citation), citation.quote);
    }

    #[test]
    fn words_that_say_otherwise_now_refute_the_claim() {
        let otherwise = "The lamp of Brannock was lit in 1902. Its first keeper was Ada Holm.";
        let claims = today(Some(otherwise), Some(TOWER));
        let (citation, now) = one(&claims[0]);
        assert_eq!(
            (citation.status, now),
            (CitationStatus::Changed, Verdict::Refuted)
        );
        assert_eq!(
            words(otherwise, citation),
            "The lamp of Brannock was lit in 1902."
        );
        assert_eq!(
            one(&claims[1]).1,
            Verdict::Supported,
            "the other claim is not touched"
        );
    }

    #[test]
    fn a_number_that_only_begins_like_the_cited_one_is_a_change() {
        let citation = |quote: &str| Citation {
            source: 1,
            quote: quote.to_owned(),
            quote_start: 0,
            quote_end: 0,
        };
        assert_eq!(place("They take 90 ms.", &citation("take 9")), None);
        assert_eq!(place("They take 9 ms.", &citation("take 9")), Some(5..11));
        assert_eq!(place("anything", &citation("")), None);
    }

    #[test]
    fn of_several_places_the_nearest_to_the_old_one_counts() {
        let text = "a b. é b. é b.";
        let citation = Citation {
            source: 1,
            quote: "b.".to_owned(),
            quote_start: 8,
            quote_end: 10,
        };
        assert_eq!(place(text, &citation), Some(8..10));
    }

    #[test]
    fn what_was_deleted_is_gone_and_the_claim_unverified() {
        let claims = today(None, Some(TOWER));
        let (citation, now) = one(&claims[0]);
        assert_eq!(
            (citation.status, now),
            (CitationStatus::Gone, Verdict::Unverified)
        );
        assert_eq!(citation.quote, "The lamp of Brannock was lit in 1871.");
        assert_eq!((citation.quote_start, citation.quote_end), (None, None));
        let none = today(None, None);
        assert_eq!(
            Summary::of(&none),
            Summary {
                gone: 2,
                ..Summary::default()
            }
        );
    }

    #[test]
    fn a_document_about_something_else_now_has_no_words_for_the_claim() {
        let claims = today(Some("Bread needs flour."), Some(TOWER));
        let (citation, now) = one(&claims[0]);
        assert_eq!(
            (citation.status, now),
            (CitationStatus::Changed, Verdict::Unverified)
        );
        assert_eq!(citation.quote_start, None);
    }
}
