//! Compound claims, whose clauses are supported in different places.

use super::{
    citations::cite,
    finding::{Finding, Outcome},
};
use crate::{
    domain::{Citation, Verdict},
    evidence::{
        align::{Aligner, Alignment},
        entailment::{ClaimTokens, Units},
        side::Side,
        sources::Sources,
    },
};

/// Number of sentences, from that of the first clause, in which a pronoun of a later clause may stand for its subject.
const MAX_DISTANCE: usize = 3;
/// Maximum number of alignments that are checked for each clause.
const MAX_CHECKED: usize = 6;

/// The finding for a compound claim whose clauses are each entailed by some unit. A clause without a subject of its own
/// has that of the first clause.
pub(super) fn compound(
    sources: &Sources<'_>,
    units: &Units,
    aligner: &mut Aligner,
    claim: Side<'_>,
    tokens: &ClaimTokens,
    cited: &[usize],
) -> Option<Finding> {
    let clauses = tokens.clauses(claim.lexicon);
    if clauses.len() < 2 {
        return None;
    }
    let mut citations: Vec<Citation> = Vec::new();
    let mut first_place: Option<usize> = None;
    for clause in &clauses {
        let part = Side {
            words: &claim.words[clause.words()],
            ..claim
        };
        let forms: Vec<ClaimTokens> = clause.with_subject_of(&clauses[0], claim.lexicon);
        let alignments = aligner.align(sources, part, cited);
        let candidates = |only_cited: bool| {
            let singles = alignments
                .iter()
                .filter(|alignment| alignment.sentences.len() == 1);
            singles.filter(move |alignment| !only_cited || cited.contains(&alignment.source))
        };
        let supports = |alignment: &&Alignment| {
            let place = alignment.sentences.start;
            // "They" in a second clause are those of the first one.
            let is_near = first_place.is_none_or(|first| (first..first + MAX_DISTANCE).contains(&place));
            if clause.begins_with_pronoun() && !is_near {
                return false;
            }
            forms
                .iter()
                .any(|form| units.check(sources, claim, form, place).is_ok())
        };
        let best = candidates(true).take(MAX_CHECKED).find(supports);
        let best = best.or_else(|| candidates(false).take(MAX_CHECKED).find(supports))?;
        first_place.get_or_insert(best.sentences.start);
        let citation = cite(sources, part, best);
        if !citations.contains(&citation) {
            citations.push(citation);
        }
    }
    let outside = citations
        .iter()
        .any(|citation| !cited.contains(&(citation.source - 1)));
    let reason = (outside && !cited.is_empty()).then(|| "different sources support its parts".to_owned());
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
