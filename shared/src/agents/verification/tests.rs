//! Tests of the verification agent.

use jiff::Timestamp;
use serde_json::json;

use super::{
    check::check,
    citations::citations_by_document,
    current::{CurrentDocument, locate},
    report::{CheckedCitation, CheckedClaim, CitationStatus, Summary},
};
use crate::{
    agents::citation::sources,
    domain::{
        Answer, Citation, ContentType, DocumentHeader, DocumentId, LibraryId, QueryId, StoredDocument,
        Verdict, code_points,
    },
    evidence::claims,
    retrieval::test_passages::passage,
};

const LAMP: &str = "The lamp of Brannock was lit in 1871. Its first keeper was Ada Holm.";
const TOWER: &str = "The tower of Brannock is 31 metres tall.";
const TEXT: &str = "The lamp of Brannock was lit in 1871. [1] The tower of Brannock is 31 metres tall. [2]";

/// An answer whose two claims cite the documents `lamp` and `tower`.
fn answer() -> Answer {
    let passages = [passage("lamp", LAMP), passage("tower", TOWER)];
    let answer = json!({
        "query_id": QueryId::generate(), "status": "completed", "query": "?", "library": "default",
        "session_id": null, "answer": TEXT, "abstained": null,
        "confidence": { "retrieval": 1.0, "answer": 1.0, "reasons": [] },
        "claims": claims::verify(TEXT, &passages), "sources": sources(&passages, vec![String::new(); 2]),
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
            id: DocumentId::parse(id).unwrap(),
            version: 2,
            title: id.to_owned(),
            url: None,
            content_type: ContentType::Plain,
            published_at: None,
            metadata: serde_json::Map::new(),
            origin: None,
            chunks: 1,
            characters: code_points(text),
            terms: 1,
            content_hash: String::new(),
            updated_at: Timestamp::UNIX_EPOCH,
        },
        text: text.to_owned(),
    }
}

/// Checks the claims of the answer against documents with these texts, `None` for a deleted one.
fn check_against(lamp: Option<&str>, tower: Option<&str>) -> Vec<CheckedClaim> {
    let answer = answer();
    let citations = citations_by_document(&answer).unwrap();
    let documents = citations.iter().map(|(&id, citations)| {
        let text = if id.as_str() == "lamp" { lamp } else { tower };
        let document = text.map(|text| CurrentDocument::new(stored(id.as_str(), text), citations));
        (id, document)
    });
    let documents = documents.collect();
    check(&answer, &citations, documents)
}

fn only_citation(claim: &CheckedClaim) -> (&CheckedCitation, Verdict) {
    assert_eq!(claim.verdict_then, Verdict::Supported);
    assert_eq!(claim.citations.len(), 1, "{claim:?}");
    (&claim.citations[0], claim.verdict_now)
}

fn quoted<'a>(text: &'a str, citation: &CheckedCitation) -> &'a str {
    let (start, end) = (citation.quote_start.unwrap(), citation.quote_end.unwrap());
    let byte = |point| text.char_indices().nth(point).map_or(text.len(), |(at, _)| at);
    &text[byte(start)..byte(end)]
}

#[test]
fn unchanged_documents_still_support_all_claims() {
    let claims = check_against(Some(LAMP), Some(TOWER));
    for claim in &claims {
        let (citation, now) = only_citation(claim);
        assert_eq!(now, Verdict::Supported);
        assert_eq!(citation.status, CitationStatus::StillSupported);
    }
    assert_eq!(
        Summary::new(&claims),
        Summary {
            still_supported: 2,
            ..Summary::default()
        }
    );
}

#[test]
fn a_moved_quotation_is_found_at_its_new_location() {
    let moved = format!("😀 {}\n\n{LAMP}", "A long new beginning. ".repeat(300));
    let claims = check_against(Some(&moved), Some(TOWER));
    let (citation, now) = only_citation(&claims[0]);
    assert_eq!(
        (citation.status, now),
        (CitationStatus::StillSupported, Verdict::Supported)
    );
    assert_eq!(quoted(&moved, citation), "The lamp of Brannock was lit in 1871.");
}

#[test]
fn a_rephrased_quotation_is_changed_and_the_claim_still_supported() {
    let other = "Its keeper was Ada Holm. In 1871 the lamp of Brannock was first lit.";
    let claims = check_against(Some(other), Some(TOWER));
    let (citation, now) = only_citation(&claims[0]);
    assert_eq!(
        (citation.status, now),
        (CitationStatus::Changed, Verdict::Supported)
    );
    assert!(quoted(other, citation).contains("lamp of Brannock"));
    assert_eq!(quoted(other, citation), citation.quote);
}

#[test]
fn a_contradicting_text_refutes_the_claim() {
    let otherwise = "The lamp of Brannock was lit in 1902. Its first keeper was Ada Holm.";
    let claims = check_against(Some(otherwise), Some(TOWER));
    let (citation, now) = only_citation(&claims[0]);
    assert_eq!(
        (citation.status, now),
        (CitationStatus::Changed, Verdict::Refuted)
    );
    assert_eq!(
        quoted(otherwise, citation),
        "The lamp of Brannock was lit in 1902."
    );
    assert_eq!(
        only_citation(&claims[1]).1,
        Verdict::Supported,
        "the other claim is not affected"
    );
}

#[test]
fn a_number_that_only_begins_like_the_cited_one_is_a_change() {
    let citation = |quote: &str| Citation {
        source: 1,
        quote: quote.to_owned(),
        quote_start: 0,
        quote_end: 0,
        page: None,
        location: None,
    };
    assert_eq!(locate("They take 90 ms.", &citation("take 9")), None);
    assert_eq!(locate("They take 9 ms.", &citation("take 9")), Some(5..11));
    assert_eq!(locate("anything", &citation("")), None);
}

#[test]
fn the_occurrence_nearest_to_the_old_one_counts() {
    let text = "a b. é b. é b.";
    let citation = Citation {
        source: 1,
        quote: "b.".to_owned(),
        quote_start: 8,
        quote_end: 10,
        page: None,
        location: None,
    };
    assert_eq!(locate(text, &citation), Some(8..10));
}

#[test]
fn a_citation_of_a_deleted_document_is_gone_and_its_claim_unverified() {
    let claims = check_against(None, Some(TOWER));
    let (citation, now) = only_citation(&claims[0]);
    assert_eq!(
        (citation.status, now),
        (CitationStatus::Gone, Verdict::Unverified)
    );
    assert_eq!(citation.quote, "The lamp of Brannock was lit in 1871.");
    assert_eq!((citation.quote_start, citation.quote_end), (None, None));
    let none = check_against(None, None);
    assert_eq!(
        Summary::new(&none),
        Summary {
            gone: 2,
            ..Summary::default()
        }
    );
}

#[test]
fn a_document_about_another_subject_has_no_quotation_for_the_claim() {
    let claims = check_against(Some("Bread needs flour."), Some(TOWER));
    let (citation, now) = only_citation(&claims[0]);
    assert_eq!(
        (citation.status, now),
        (CitationStatus::Changed, Verdict::Unverified)
    );
    assert_eq!(citation.quote_start, None);
}
