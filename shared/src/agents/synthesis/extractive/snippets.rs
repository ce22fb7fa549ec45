//! Snippets of the passages: what is shown of a source beside an answer.

use super::reading::Reading;
use crate::agents::citation::snippet;

impl Reading<'_> {
    /// For each passage, the beginning of the block that matches the question best, on one line; or of the passage, where it
    /// has no block.
    pub fn snippets(&self) -> Vec<String> {
        let of_source = |source: usize| {
            let candidates = self.asked.iter().flat_map(|asked| &asked.candidates);
            let best = candidates
                .filter(|candidate| candidate.source == source)
                .max_by(|one, other| one.score.total_cmp(&other.score));
            let page = &self.pages[source];
            let Some(best) = best else {
                return snippet(&page.passage.text);
            };
            let block = &page.units.blocks[best.block];
            let parts: Vec<_> = block
                .lead
                .iter()
                .chain(block.points.iter().flatten())
                .cloned()
                .collect();
            snippet(&page.units.show(&parts).text)
        };
        (0..self.pages.len()).map(of_source).collect()
    }
}
