//! Alignments of a claim, judged by the edit script and the contradiction rules.

use crate::evidence::{
    align::Alignment,
    contradiction::{self, Contradiction},
    entailment::{ClaimTokens, Refusal, Units},
    sources::Sources,
    statement::Statement,
};

/// Minimum coverage of a claim for the edit script to run.
const MIN_COVERAGE: f32 = 0.3;
/// Minimum coverage for a contradiction to count.
const MIN_REFUTING: f32 = 0.6;
/// Minimum number of words that a claim and a contradicting sentence share.
pub(super) const MIN_SHARED: usize = 2;
/// Maximum number of alignments that the rules run on.
const MAX_JUDGED: usize = 8;

/// An alignment with what the edit script and the contradiction rules found.
pub(super) struct Judged {
    pub(super) alignment: Alignment,
    /// Whether the sentence entails the claim; `None` for two sentences, each of which is judged by itself.
    pub(super) entailment: Option<Result<(), Refusal>>,
    pub(super) contradictions: Vec<Contradiction>,
}

impl Judged {
    /// Whether the sentence says all that the claim says.
    pub(super) fn supports(&self) -> bool {
        matches!(self.entailment, Some(Ok(())))
    }

    /// Why the sentence does not entail the claim.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.entailment.as_ref()?.as_ref().err()
    }

    /// The contradiction, if the sentences are close enough to the claim for one to count.
    pub(super) fn against(&self) -> Option<&Contradiction> {
        let is_covered = self.alignment.coverage.max(self.alignment.topic) >= MIN_REFUTING;
        let against = self
            .contradictions
            .iter()
            .find(|contradiction| contradiction.is_against());
        let shared = self.alignment.shared + self.alignment.context_words;
        against
            .filter(|_| is_covered && self.alignment.shared > 0 && shared >= MIN_SHARED && !self.supports())
    }
}

/// Compares the claim with the alignments that cover most of it, including the best of the cited sources.
pub(super) fn judge(
    sources: &Sources<'_>,
    units: &Units,
    claim: &Statement<'_>,
    tokens: &ClaimTokens,
    alignments: &[Alignment],
    cited: &[usize],
) -> Vec<Judged> {
    let mut judged: Vec<Judged> = Vec::new();
    for alignment in alignments {
        let is_close = alignment.coverage >= MIN_COVERAGE || alignment.topic >= MIN_REFUTING;
        let is_in_budget =
            judged.len() < MAX_JUDGED || cited.contains(&alignment.source) && judged.len() < 3 * MAX_JUDGED;
        if is_close && is_in_budget {
            let contradictions = contradiction::contradictions(
                claim,
                sources.side(&alignment.sentences),
                sources.context(alignment.sentences.start),
            );
            let entailment = match alignment.sentences.len() {
                1 => Some(units.check(sources, claim.side(), tokens, alignment.sentences.start)),
                _ => None,
            };
            judged.push(Judged {
                alignment: alignment.clone(),
                entailment,
                contradictions,
            });
        }
    }
    judged
}
