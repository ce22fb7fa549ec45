//! What the best block that an answer cites says about the answer, whoever wrote it.

use super::{
    reading::{AskedQuestion, Reading},
    select::BlockCandidate,
};
use crate::{
    domain::{Citation, Claim, Question, Verdict},
    evidence::confidence::AnswerSignals,
};

impl Reading<'_> {
    /// For each part of the question, the signals of the best block that the supported claims of an answer cite; the
    /// default when they cite none.
    pub fn answer_signals(&self, claims: &[Claim]) -> Vec<(&Question, AnswerSignals)> {
        let supported = claims
            .iter()
            .filter(|claim| matches!(claim.verdict, Verdict::Supported | Verdict::Disputed));
        let citations: Vec<&Citation> = supported.flat_map(|claim| &claim.citations).collect();
        let of_part = |asked: &AskedQuestion<'_>| {
            let mut candidates = asked.candidates.iter();
            let best = candidates.find(|candidate| self.is_cited(candidate, &citations));
            best.map(|best| best.answer_signals(&asked.candidates, self.passages))
                .unwrap_or_default()
        };
        let parts = self.asked.iter().map(|asked| (asked.question, of_part(asked)));
        parts.collect()
    }

    /// Whether a citation has a part of a block.
    fn is_cited(&self, block: &BlockCandidate, citations: &[&Citation]) -> bool {
        let page = &self.pages[block.source];
        let own = page.units.citation(block.source + 1, page.passage, &block.range);
        citations.iter().any(|citation| {
            citation.source == own.source
                && citation.quote_start < own.quote_end
                && own.quote_start < citation.quote_end
        })
    }
}
