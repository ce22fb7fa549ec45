//! What a comprehensive answer says beside the answer: what else the sources allow to be said, and how good it is.

use std::collections::BTreeSet;

use super::{abstain::abstain, features_of_parts, weakest};
use crate::{
    agents::{
        retrieval::Retrieved,
        synthesis::{EXTRACTIVE, Written, quoted},
    },
    domain::{Alternative, Answer, Ask, Basis, DocumentId, Passage, Quality, Verdict},
    evidence::{confidence::confidence, confidence_features::ConfidenceFeatures},
};

/// Looks at an answer from all sides: other answers that the sources allow, none of them the same, and how good it is.
pub(super) fn comprehensive(
    ask: &Ask,
    retrieved: &Retrieved,
    answer: &Answer,
) -> (Vec<Alternative>, Quality) {
    let cited = cited(&retrieved.passages, answer);
    let mut bases = Vec::new();
    if answer.provider != EXTRACTIVE {
        bases.push((Basis::Extractive, retrieved.clone()));
    }
    if !cited.is_empty() {
        bases.push((Basis::OtherDocuments, without(retrieved, &cited)));
    }
    let mut alternatives: Vec<Alternative> = Vec::new();
    for (basis, retrieved) in bases {
        let alternative = alternative(ask, &retrieved, basis);
        let is_new = |other: &Alternative| {
            let mut said = alternatives.iter().map(|one| &one.answer).chain([&answer.answer]);
            said.all(|said| *said != other.answer)
        };
        alternatives.extend(alternative.filter(is_new));
    }
    (alternatives, quality(ask, retrieved, answer, &cited))
}

/// The documents that an answer cites.
fn cited<'a>(passages: &'a [Passage], answer: &Answer) -> BTreeSet<&'a DocumentId> {
    let citations = answer.claims.iter().flat_map(|claim| &claim.citations);
    let sources = citations.filter_map(|citation| passages.get(citation.source.checked_sub(1)?));
    sources.map(|passage| &passage.id.document).collect()
}

/// The same sources under the same numbers, of which some have nothing to say.
fn without(retrieved: &Retrieved, documents: &BTreeSet<&DocumentId>) -> Retrieved {
    let mut others = retrieved.clone();
    for passage in &mut others.passages {
        if documents.contains(&passage.id.document) {
            passage.text.clear();
        }
    }
    others
}

/// What the sources allow to be quoted, if it is an answer.
fn alternative(ask: &Ask, retrieved: &Retrieved, basis: Basis) -> Option<Alternative> {
    let written: Written = quoted(ask, retrieved);
    let parts = features_of_parts(ask, retrieved, &written.claims);
    let confidence = weakest(parts.iter().map(|features| confidence(features, &written.claims)));
    let abstained = abstain(ask, &retrieved.passages, &written, &parts, confidence.answer);
    let is_one = !written.text.is_empty() && abstained.is_none();
    is_one.then_some(Alternative {
        basis,
        answer: written.text,
        claims: written.claims,
        confidence,
    })
}

fn quality(ask: &Ask, retrieved: &Retrieved, answer: &Answer, cited: &BTreeSet<&DocumentId>) -> Quality {
    let parts: Vec<ConfidenceFeatures> = features_of_parts(ask, retrieved, &answer.claims);
    let coverage = parts.iter().map(|part| part.coverage).fold(1.0, f64::min);
    let undisputed = answer
        .claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Supported);
    let headers = retrieved.passages.iter().map(|passage| &passage.header);
    let published: Vec<_> = headers
        .filter(|header| cited.contains(&header.id))
        .filter_map(|header| header.published_at)
        .collect();
    Quality {
        coverage: if answer.claims.is_empty() { 0.0 } else { coverage },
        support: undisputed.count() as f64 / answer.claims.len().max(1) as f64,
        documents: cited.len(),
        agreeing: parts.iter().map(|part| part.agreeing).max().unwrap_or_default(),
        disagreements: answer.disagreements.len(),
        oldest: published.iter().min().copied(),
        newest: published.iter().max().copied(),
    }
}
