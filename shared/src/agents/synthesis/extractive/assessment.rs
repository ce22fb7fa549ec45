//! What the best block that an answer cites says about the answer, whoever wrote it.

use std::collections::BTreeMap;

use super::select::{BlockCandidate, candidates};
use crate::{
    domain::{Citation, Claim, Passage, Question, Verdict},
    evidence::confidence::AnswerSignals,
};

/// The signals of the best block that the supported claims of an answer cite; the default when they cite none.
pub fn answer_signals(
    question: &Question,
    weights: &BTreeMap<String, f64>,
    passages: &[Passage],
    claims: &[Claim],
) -> AnswerSignals {
    let supported = claims
        .iter()
        .filter(|claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed));
    let citations: Vec<&Citation> = supported.flat_map(|claim| &claim.citations).collect();
    let candidates = candidates(question, weights, passages);
    let is_cited = |candidate: &&BlockCandidate| {
        let Some(passage) = passages.get(candidate.source) else {
            return false;
        };
        citations.iter().any(|citation| {
            citation.source == candidate.source + 1 && overlaps(passage, citation, candidate)
        })
    };
    let best = candidates.iter().find(is_cited);
    best.map(|best| best.answer_signals(&candidates, passages))
        .unwrap_or_default()
}

/// Whether a citation has a part of a block.
fn overlaps(passage: &Passage, citation: &Citation, candidate: &BlockCandidate) -> bool {
    let byte = |point: usize| {
        let mut bytes = passage.text.char_indices();
        let at = bytes.nth(point.saturating_sub(passage.start));
        at.map_or(passage.text.len(), |(at, _)| at)
    };
    byte(citation.quote_start) < candidate.range.end && candidate.range.start < byte(citation.quote_end)
}
