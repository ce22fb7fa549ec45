//! What is different between two answers to the same question.

use serde::{Deserialize, Serialize};

use super::{Answer, Claim, Source};

/// What the later of two answers has and the earlier has not, and the other way round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AnswerDiff {
    /// Of the sentences, which are the same when their words are.
    pub claims: ClaimsDiff,
    /// Of the sources, which are the same when they are the same part of the same version of a document.
    pub sources: SourcesDiff,
}

/// How the claims differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimsDiff {
    /// Only the later answer has them.
    pub added: Vec<Claim>,
    /// Only the earlier one has them.
    pub removed: Vec<Claim>,
    /// Both have them, with another verdict or other quotations.
    pub changed: Vec<ClaimChange>,
    /// Both have them, as they are.
    pub unchanged: usize,
}

/// A claim that both answers make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimChange {
    /// As it was.
    pub before: Claim,
    /// As it is.
    pub after: Claim,
}

/// How the sources differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SourcesDiff {
    /// Only the later answer has them.
    pub added: Vec<Source>,
    /// Only the earlier one has them.
    pub removed: Vec<Source>,
    /// Both have them, whatever their numbers.
    pub unchanged: usize,
}

impl AnswerDiff {
    /// From one answer to a later one.
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
        if other.verdict == claim.verdict && quotes(other) == quotes(claim) {
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
