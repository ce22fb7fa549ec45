//! Differences between two answers to the same question.

use serde::{Deserialize, Serialize};

use super::{answer::Answer, claim::Claim, source::Source};

/// Differences between an earlier and a later answer to the same question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AnswerDiff {
    /// Differences of the claims. Claims are equal if their texts are.
    pub claims: ClaimsDiff,
    /// Differences of the sources. Sources are equal if document, version and chunk are.
    pub sources: SourcesDiff,
}

/// Differences of the claims.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimsDiff {
    /// Only in the later answer.
    pub added: Vec<Claim>,
    /// Only in the earlier answer.
    pub removed: Vec<Claim>,
    /// In both answers, with another verdict, another basis or other quotations.
    pub changed: Vec<ClaimChange>,
    /// Number of claims that are equal in both answers.
    pub unchanged: usize,
}

/// A claim that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimChange {
    /// The claim in the earlier answer.
    pub before: Claim,
    /// The claim in the later answer.
    pub after: Claim,
}

/// Differences of the sources.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SourcesDiff {
    /// Only in the later answer.
    pub added: Vec<Source>,
    /// Only in the earlier answer.
    pub removed: Vec<Source>,
    /// Number of sources in both answers, regardless of their numbers.
    pub unchanged: usize,
}

impl AnswerDiff {
    /// Compares an answer with a later one.
    pub fn between(before: &Answer, after: &Answer) -> Self {
        Self {
            claims: claims(before, after),
            sources: sources(before, after),
        }
    }
}

fn claims(before: &Answer, after: &Answer) -> ClaimsDiff {
    let mut diff = ClaimsDiff::default();
    let mut earlier: Vec<&Claim> = before.claims.iter().collect();
    for claim in &after.claims {
        let Some(place) = earlier.iter().position(|other| other.text == claim.text) else {
            diff.added.push(claim.clone());
            continue;
        };
        let other = earlier.remove(place);
        if other.verdict == claim.verdict && quotes(other) == quotes(claim) && has_same_basis(other, claim) {
            diff.unchanged += 1;
        } else {
            diff.changed.push(ClaimChange {
                before: other.clone(),
                after: claim.clone(),
            });
        }
    }
    diff.removed = earlier.into_iter().cloned().collect();
    diff
}

/// Whether two verdicts rest on the same. Answers of earlier releases have no basis, which is no difference.
fn has_same_basis(one: &Claim, other: &Claim) -> bool {
    one.basis.zip(other.basis).is_none_or(|(one, other)| one == other)
}

fn quotes(claim: &Claim) -> Vec<&str> {
    let quotes = claim.citations.iter().map(|citation| citation.quote.as_str());
    quotes.collect()
}

fn sources(before: &Answer, after: &Answer) -> SourcesDiff {
    let has = |answer: &Answer, source: &Source| {
        let mut all = answer.sources.iter();
        all.any(|other| (&other.document_id, &other.chunk_id) == (&source.document_id, &source.chunk_id))
    };
    let (unchanged, added): (Vec<&Source>, Vec<&Source>) =
        after.sources.iter().partition(|source| has(before, source));
    let removed = before.sources.iter().filter(|source| !has(after, source));
    SourcesDiff {
        added: added.into_iter().cloned().collect(),
        removed: removed.cloned().collect(),
        unchanged: unchanged.len(),
    }
}
