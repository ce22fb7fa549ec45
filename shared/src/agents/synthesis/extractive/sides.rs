//! Adds every side of a disagreement to a quoted answer.

use super::{
    page::ReadPassage,
    quotation::{Quotation, quotation},
};
use crate::{
    domain::{Citation, Passage},
    evidence::{disagreement::Conflict, units::Part, words::Lexicon},
};

/// Adds the sides of the conflicts that the quotations leave out: after the side that is quoted, or first.
pub fn with_all_sides(
    mut quotations: Vec<Quotation>,
    conflicts: &[Conflict],
    passages: &[Passage],
) -> Vec<Quotation> {
    for conflict in conflicts {
        let mut left_out = Vec::new();
        let mut end = None;
        for side in &conflict.disagreement.citations {
            match quotations.iter().position(|quotation| states(quotation, side)) {
                Some(place) => end = end.or(Some(place + 1)),
                None => left_out.extend(side_of(side, passages)),
            }
        }
        let place = end.unwrap_or_default();
        quotations.splice(place..place, left_out);
    }
    quotations
}

/// Whether a quotation holds the words of a side.
fn states(quotation: &Quotation, side: &Citation) -> bool {
    quotation.units.iter().any(|unit| {
        unit.citations.iter().any(|citation| {
            citation.source == side.source
                && citation.quote_start <= side.quote_start
                && side.quote_end <= citation.quote_end
        })
    })
}

/// The quotation of a side.
fn side_of(side: &Citation, passages: &[Passage]) -> Option<Quotation> {
    let source = side.source.checked_sub(1)?;
    let passage = passages.get(source)?;
    let page = ReadPassage::read(passage, &mut Lexicon::default());
    let mut bytes = passage.text.char_indices().map(|(at, _)| at);
    let start = bytes.nth(side.quote_start.checked_sub(passage.start)?)?;
    let start = start + page.units.text_start();
    let range = start..start + side.quote.len();
    let leaves = page.units.outline.leaves.iter().enumerate();
    let parts: Vec<Part> = leaves
        .filter(|(_, leaf)| leaf.range.start < range.end && range.start < leaf.range.end)
        .map(|(leaf, at)| Part {
            leaf,
            range: at.range.start.max(range.start)..at.range.end.min(range.end),
        })
        .collect();
    quotation(&page, source, &parts, None)
}
