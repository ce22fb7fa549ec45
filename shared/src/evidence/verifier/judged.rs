//! Alignments of a claim, judged by the contradiction rules and the coverage thresholds.

use crate::evidence::{
    align::Alignment,
    contradiction::{self, Contradiction},
    sources::Sources,
    statement::Statement,
};

/// Minimum coverage of a claim for support.
pub(super) const MIN_COVERAGE: f32 = 0.55;
/// Minimum coverage by the sentence itself, without its context.
const MIN_OWN_COVERAGE: f32 = 0.4;
/// Minimum coverage of the predicate.
const MIN_PREDICATE: f32 = 0.6;
/// Minimum coverage for a contradiction to count.
const MIN_REFUTING: f32 = 0.6;
/// Minimum number of words that a claim and a contradicting sentence share.
pub(super) const MIN_SHARED: usize = 2;
/// Maximum number of alignments that the rules run on.
const MAX_JUDGED: usize = 8;

/// An alignment with the contradictions that the rules found.
pub(super) struct Judged {
    pub(super) alignment: Alignment,
    pub(super) contradictions: Vec<Contradiction>,
}

impl Judged {
    /// Whether the sentences cover the claim and no rule objects.
    pub(super) fn supports(&self) -> bool {
        let Alignment {
            coverage,
            without_context,
            predicate,
            shared,
            ..
        } = self.alignment;
        let is_covered = coverage >= MIN_COVERAGE
            && without_context >= MIN_OWN_COVERAGE
            && predicate >= MIN_PREDICATE
            && shared > 0;
        is_covered && self.contradictions.is_empty()
    }

    /// The contradiction, if the sentences are close enough to the claim for one to count.
    pub(super) fn against(&self) -> Option<&Contradiction> {
        let is_covered = self.alignment.coverage.max(self.alignment.topic) >= MIN_REFUTING;
        let against = self
            .contradictions
            .iter()
            .find(|contradiction| contradiction.is_against());
        let shared = self.alignment.shared + self.alignment.context_words;
        against.filter(|_| is_covered && self.alignment.shared > 0 && shared >= MIN_SHARED)
    }
}

/// Runs the rules on the alignments with enough coverage, including the best of the cited sources.
pub(super) fn judge(
    sources: &Sources<'_>,
    claim: &Statement<'_>,
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
            let alignment = alignment.clone();
            judged.push(Judged {
                alignment,
                contradictions,
            });
        }
    }
    judged
}
