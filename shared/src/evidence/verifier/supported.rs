//! Findings for supported claims: verbatim matches, and support that another document disputes.

use super::{
    citations::cite,
    finding::{Finding, Outcome},
    judged::{Judged, MIN_SHARED},
};
use crate::{
    domain::{Citation, Verdict},
    evidence::{entailment::Units, quotes::Normalized, side::Side, sources::Sources, statement::Statement},
};

/// Minimum coverage of a sentence of a cited source that disputes a supported claim.
const MIN_CITED_DISPUTE: f32 = 0.7;
/// Minimum coverage of any other disputing sentence.
const MIN_DISPUTE: f32 = 0.85;

/// The finding for a claim that is verbatim one or more whole units: in the cited sources, or else in the first other one.
pub(super) fn exact(
    sources: &Sources<'_>,
    units: &Units,
    statement: &Statement<'_>,
    cited: &[usize],
    is_uncited: bool,
    order: &[usize],
    judged: &[Judged],
) -> Option<Finding> {
    let claim = statement.side();
    let normal = Normalized::new(claim.text);
    let finder = normal.finder();
    let find = |source: usize| {
        let bytes = sources.normalized(source).find_words(&finder)?;
        let is_asserted =
            sources.is_whole_units(source, &bytes) && !units.is_any_unasserted(sources, source, &bytes);
        is_asserted.then(|| sources.passages[source].citation(source + 1, bytes))
    };
    let citations: Vec<Citation> = order
        .iter()
        .filter(|source| cited.contains(source))
        .filter_map(|&source| find(source))
        .collect();
    if !citations.is_empty() {
        return Some(supported(
            sources,
            claim,
            Outcome::Exact,
            citations,
            None,
            cited,
            judged,
        ));
    }
    let other = order.iter().find_map(|&source| find(source))?;
    let outcome = if is_uncited {
        Outcome::Exact
    } else {
        Outcome::Misattributed
    };
    let reason = Some(found_elsewhere(other.source - 1));
    Some(supported(
        sources,
        claim,
        outcome,
        vec![other],
        reason,
        cited,
        judged,
    ))
}

/// The finding for a supported claim. It is disputed, with both sides cited, if another document contradicts it as
/// clearly.
pub(super) fn supported(
    sources: &Sources<'_>,
    claim: Side<'_>,
    outcome: Outcome,
    mut citations: Vec<Citation>,
    reason: Option<String>,
    cited: &[usize],
    judged: &[Judged],
) -> Finding {
    let documents: Vec<_> = citations
        .iter()
        .map(|citation| &sources.passages[citation.source - 1].id.document)
        .collect();
    let disputes = |judged: &&Judged| {
        let alignment = &judged.alignment;
        let is_cited = cited.contains(&alignment.source);
        let least = if is_cited { MIN_CITED_DISPUTE } else { MIN_DISPUTE };
        let plainly = alignment.coverage >= least && alignment.shared > MIN_SHARED;
        let other_document = !documents.contains(&&sources.passages[alignment.source].id.document);
        plainly && alignment.sentences.len() == 1 && other_document
    };
    let mut against = judged.iter().filter(disputes);
    let against = against.find_map(|judged| Some((judged, judged.against()?)));
    let Some((other, contradiction)) = against else {
        return Finding {
            outcome,
            verdict: Verdict::Supported,
            citations,
            reason,
            closest: None,
            nearest: None,
            basis: None,
        };
    };
    let other_source = other.alignment.source + 1;
    citations.push(cite(sources, claim, &other.alignment));
    Finding {
        outcome,
        verdict: Verdict::Disputed,
        citations,
        reason: Some(format!(
            "sources differ; in source {other_source} {}",
            contradiction.reason()
        )),
        closest: None,
        nearest: None,
        basis: None,
    }
}

/// The reason for words that were found in a source, from 0, that the answer does not cite for them.
pub(super) fn found_elsewhere(source: usize) -> String {
    format!(
        "source {} says this, and the answer does not cite it here",
        source + 1
    )
}
