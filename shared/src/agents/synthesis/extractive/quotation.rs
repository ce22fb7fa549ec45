//! Quotations: parts of a passage as they are shown, with their verbatim citations.

use super::{page::ReadPassage, quotable::overrides, select::BlockCandidate};
use crate::{
    domain::{Citation, Passage},
    evidence::{
        markers::markers,
        sanitize::sanitize,
        shown_unit::ShownUnit,
        units::{BlockKind, Part},
    },
};

/// A quoted block of an answer, or what is quoted of it.
#[derive(Debug, Clone)]
pub struct Quotation {
    /// Index of the passage, from 0.
    pub source: usize,
    /// What is shown of it: a sentence each, or a list, table or code as a whole.
    pub units: Vec<QuotedUnit>,
    /// The block and its signals; `None` for the side of a disagreement.
    pub candidate: Option<BlockCandidate>,
}

/// A quoted unit: what is shown, and what it was read from.
#[derive(Debug, Clone)]
pub struct QuotedUnit {
    /// What is shown.
    pub shown: ShownUnit,
    /// The verbatim quotations.
    pub citations: Vec<Citation>,
}

impl Quotation {
    /// The number of characters that are shown.
    pub(super) fn length(&self) -> usize {
        self.units
            .iter()
            .map(|unit| unit.shown.text.chars().count() + 1)
            .sum()
    }
}

/// Quotes parts of a passage: each sentence as a unit of its own, lists, tables and code as one. `None` when what they show
/// is not safe.
pub(super) fn quotation(
    page: &ReadPassage<'_>,
    source: usize,
    parts: &[Part],
    candidate: Option<&BlockCandidate>,
) -> Option<Quotation> {
    let kind = candidate.map(|candidate| page.units.blocks[candidate.block].kind);
    let is_prose = matches!(kind, Some(BlockKind::Paragraph) | None);
    let groups: Vec<&[Part]> = if is_prose {
        parts.chunks(1).collect()
    } else {
        vec![parts]
    };
    let mut units = Vec::new();
    for group in groups {
        let unit = unit(page, source, group)?;
        if !overrides(&unit.shown.text) {
            units.push(unit);
        }
    }
    (!units.is_empty()).then_some(Quotation {
        source,
        units,
        candidate: candidate.cloned(),
    })
}

fn unit(page: &ReadPassage<'_>, source: usize, parts: &[Part]) -> Option<QuotedUnit> {
    let mut shown = page.units.show(parts);
    shown.text = safe(&shown.text, page.passage)?;
    let quotes = shown.quotes.iter();
    let citations = quotes
        .map(|bytes| page.units.citation(source + 1, page.passage, bytes))
        .collect();
    Some(QuotedUnit { shown, citations })
}

/// A shown text without what could be read as a citation of the answer; `None` when it has links or HTML.
fn safe(text: &str, passage: &Passage) -> Option<String> {
    let mut plain = text.to_owned();
    for marker in markers(text).into_iter().rev() {
        plain.replace_range(marker.range, "");
    }
    let is_source = |address: &str| passage.header.url.as_deref() == Some(address);
    let safe = sanitize(&plain, is_source)?;
    (safe.contains(char::is_alphanumeric) && markers(&safe).is_empty()).then_some(safe)
}
