//! Checking claims against the current documents.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    citations::{CitationsByDocument, document_of},
    current::CurrentDocument,
    report::{CheckedCitation, CheckedClaim, CitationStatus},
};
use crate::{
    domain::{Answer, Citation, Claim, DocumentId, Passage, Verdict},
    evidence::verifier::Verifier,
};

/// The cited documents as they are now; `None` for a deleted one.
pub(super) type CurrentDocuments<'a> = BTreeMap<&'a DocumentId, Option<CurrentDocument>>;

/// Verifies each claim again, against the relevant passages of the current documents.
pub(super) fn check(
    answer: &Answer,
    citations: &CitationsByDocument<'_>,
    documents: CurrentDocuments<'_>,
) -> Vec<CheckedClaim> {
    let mut passages: Vec<Passage> = Vec::new();
    // The location of each citation, looked up by identity; and the source numbers of each document's passages.
    let mut locations: Vec<(&Citation, Option<Range<usize>>)> = Vec::new();
    let mut numbers: BTreeMap<&DocumentId, Range<usize>> = BTreeMap::new();
    for (id, document) in documents {
        let Some(document) = document else { continue };
        let first = passages.len() + 1;
        passages.extend(document.passages);
        numbers.insert(id, first..passages.len() + 1);
        let cited = citations
            .get(id)
            .into_iter()
            .flatten()
            .map(|(_, citation)| *citation);
        locations.extend(cited.zip(document.locations));
    }
    let mut verifier = Verifier::new(&passages);
    let location_of = |citation: &Citation| {
        let mut locations = locations.iter();
        let (_, location) = locations.find(|(other, _)| std::ptr::eq(*other, citation))?;
        location.clone()
    };
    let check = |claim: &Claim| {
        let ids = claim
            .citations
            .iter()
            .filter_map(|citation| document_of(answer, citation));
        let ids: BTreeSet<&DocumentId> = ids.collect();
        let named: Vec<usize> = ids
            .iter()
            .filter_map(|id| numbers.get(*id).cloned())
            .flatten()
            .collect();
        let finding = verifier.find(&claim.text, &named);
        let mut quotations = finding.citations;
        // A quotation that overlaps an unchanged citation cannot replace a changed one.
        quotations.retain(|found| {
            let mut locations = claim.citations.iter().filter_map(&location_of);
            !locations.any(|at| at.start < found.quote_end && found.quote_start < at.end)
        });
        let citations = claim.citations.iter().filter_map(|citation| {
            let id = document_of(answer, citation)?;
            let mut checked = CheckedCitation {
                source: citation.source,
                document_id: id.clone(),
                status: CitationStatus::Gone,
                quote: citation.quote.clone(),
                quote_start: None,
                quote_end: None,
            };
            if let Some(location) = location_of(citation) {
                checked.status = CitationStatus::StillSupported;
                (checked.quote_start, checked.quote_end) = (Some(location.start), Some(location.end));
            } else if let Some(numbers) = numbers.get(id) {
                checked.status = CitationStatus::Changed;
                if let Some(found) = quotations
                    .iter()
                    .position(|found| numbers.contains(&found.source))
                {
                    let found = quotations.remove(found);
                    checked.quote = found.quote;
                    (checked.quote_start, checked.quote_end) =
                        (Some(found.quote_start), Some(found.quote_end));
                }
            }
            Some(checked)
        });
        let citations: Vec<CheckedCitation> = citations.collect();
        let all_unchanged = citations
            .iter()
            .all(|citation| citation.status == CitationStatus::StillSupported);
        CheckedClaim {
            id: claim.id.clone(),
            text: claim.text.clone(),
            verdict_then: claim.verdict,
            // If every quotation is unchanged and nothing contradicts the claim, its old verdict holds: more than the
            // verifier, such as the LLM judge, may have decided it.
            verdict_now: match finding.verdict {
                Verdict::Unverified if all_unchanged => claim.verdict,
                verdict => verdict,
            },
            citations,
        }
    };
    answer.claims.iter().map(check).collect()
}
