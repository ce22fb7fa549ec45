//! Compound claims, whose clauses are supported in different places.

use std::ops::Range;

use super::{
    citations::cite,
    finding::{Finding, Outcome},
    judged::{Judged, MIN_SHARED, judge},
};
use crate::{
    domain::{Citation, Verdict},
    evidence::{align::Aligner, side::Side, sources::Sources, statement::Statement},
};

/// Minimum weight of the words of a clause.
const MIN_PART_WEIGHT: f32 = 1.9;

/// The finding for a compound claim whose clauses are each supported in some place.
pub(super) fn stitched(
    sources: &Sources<'_>,
    aligner: &mut Aligner,
    claim: Side<'_>,
    cited: &[usize],
) -> Option<Finding> {
    let parts = parts(claim);
    if parts.len() < 2 {
        return None;
    }
    let mut citations: Vec<Citation> = Vec::new();
    for part in parts {
        let part = Side {
            words: &claim.words[part],
            ..claim
        };
        let alignments = aligner.align(sources, part, cited);
        let judged = judge(sources, &Statement::parse(part), &alignments, cited);
        let supports = |judged: &&Judged| judged.supports() && judged.alignment.shared >= MIN_SHARED;
        let is_cited = |judged: &&Judged| cited.contains(&judged.alignment.source);
        let best = judged
            .iter()
            .filter(is_cited)
            .find(supports)
            .or_else(|| judged.iter().find(supports))?;
        let citation = cite(sources, part, best);
        if !citations.contains(&citation) {
            citations.push(citation);
        }
    }
    let outside = citations
        .iter()
        .any(|citation| !cited.contains(&(citation.source - 1)));
    let reason = (outside && !cited.is_empty()).then(|| "its parts stand in different sources".to_owned());
    Some(Finding {
        outcome: Outcome::Stitched,
        verdict: Verdict::Supported,
        citations,
        reason,
        closest: None,
        nearest: None,
        basis: None,
    })
}

/// The word ranges of the independent clauses of a claim: cut at "and", "but", "while" and semicolons.
pub(super) fn parts(claim: Side<'_>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    let is_clause = |range: &Range<usize>| {
        claim.words[range.clone()]
            .iter()
            .map(|word| word.weight)
            .sum::<f32>()
            >= MIN_PART_WEIGHT
    };
    for place in 1..claim.words.len() {
        let joint = matches!(
            claim.lexicon.folded(&claim.words[place]),
            "and" | "but" | "while" | "whereas" | "though" | "although"
        );
        let gap = claim
            .text
            .get(claim.words[place - 1].end..claim.words[place].start)
            .unwrap_or_default();
        let clause = from..place;
        if (joint || gap.contains(';')) && is_clause(&clause) && is_clause(&(place..claim.words.len())) {
            parts.push(clause);
            from = place + usize::from(joint);
        }
    }
    parts.push(from..claim.words.len());
    parts
}
