//! The additions of a comprehensive answer: alternative answers from the same sources, and measures of quality.

use std::collections::BTreeSet;

use super::verify::{assess, signals_of_parts};
use crate::{
    agents::{
        retrieval::Retrieved,
        synthesis::{EXTRACTIVE, extractive::Reading, quoted},
    },
    domain::{Alternative, Answer, Ask, Basis, DocumentId, Passage, Quality, Verdict},
};

/// Adds alternatives and quality to an answer. Alternatives are other answers that the sources allow, all different.
pub(super) fn add_to(answer: &mut Answer, ask: &Ask, retrieved: &Retrieved, reading: &Reading<'_>) {
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
    answer.quality = Some(quality(retrieved, reading, answer, &cited));
    answer.alternatives = Some(alternatives);
}

/// The documents that an answer cites.
fn cited<'a>(passages: &'a [Passage], answer: &Answer) -> BTreeSet<&'a DocumentId> {
    let citations = answer.claims.iter().flat_map(|claim| &claim.citations);
    let sources = citations.filter_map(|citation| passages.get(citation.source.checked_sub(1)?));
    sources.map(|passage| &passage.id.document).collect()
}

/// The same sources under the same numbers, with the text of these documents removed.
fn without(retrieved: &Retrieved, documents: &BTreeSet<&DocumentId>) -> Retrieved {
    let mut others = retrieved.clone();
    for passage in &mut others.passages {
        if documents.contains(&passage.id.document) {
            passage.text.clear();
        }
    }
    others
}

/// The extractive answer from these sources, if it is one.
fn alternative(ask: &Ask, retrieved: &Retrieved, basis: Basis) -> Option<Alternative> {
    let reading = Reading::new(&ask.question, retrieved);
    let written = quoted(ask, retrieved, &reading);
    let (confidence, decision) = assess(ask, retrieved, &reading, &written);
    let is_answer = !written.text.is_empty() && decision.abstained.is_none();
    is_answer.then_some(Alternative {
        basis,
        answer: written.text,
        claims: written.claims,
        confidence,
    })
}

fn quality(
    retrieved: &Retrieved,
    reading: &Reading<'_>,
    answer: &Answer,
    cited: &BTreeSet<&DocumentId>,
) -> Quality {
    let parts = signals_of_parts(retrieved, reading, &answer.claims);
    let coverage = parts
        .iter()
        .map(|part| part.features.coverage)
        .fold(1.0, f64::min);
    let undisputed = answer
        .claims
        .iter()
        .filter(|claim| claim.verdict == Verdict::Supported);
    let published: Vec<_> = retrieved
        .passages
        .iter()
        .filter(|passage| cited.contains(&passage.id.document))
        .filter_map(|passage| passage.header.published_at)
        .collect();
    Quality {
        coverage: if answer.claims.is_empty() { 0.0 } else { coverage },
        support: undisputed.count() as f64 / answer.claims.len().max(1) as f64,
        documents: cited.len(),
        agreeing: parts
            .iter()
            .map(|part| part.features.agreeing)
            .max()
            .unwrap_or_default(),
        disagreements: answer.disagreements.len(),
        oldest: published.iter().min().copied(),
        newest: published.iter().max().copied(),
    }
}
