//! Citations: quotations of a passage with their place in its document.

use std::ops::Range;

use crate::{
    domain::Citation,
    evidence::{
        align::{self, Alignment},
        quotes::{Normalized, quoted},
        side::Side,
        sources::Sources,
    },
};

/// The citation of an alignment, narrowed to the relevant clauses.
pub(super) fn cite(sources: &Sources<'_>, claim: Side<'_>, alignment: &Alignment) -> Citation {
    let bytes = align::narrow(sources, claim, &alignment.sentences);
    sources.passages[alignment.source].citation(alignment.source + 1, bytes)
}

/// The source and bytes of each quotation in the claim, in the first source of `order` that has it.
///
/// # Errors
/// Returns the first quotation that no source has.
pub(super) fn quotations<'text>(
    sources: &Sources<'_>,
    claim: &'text str,
    order: &[usize],
) -> Result<Vec<(usize, Range<usize>)>, &'text str> {
    let find = |words: &'text str| {
        let normal = Normalized::new(words);
        let finder = normal.finder();
        let found = order
            .iter()
            .find_map(|&source| Some((source, sources.normalized(source).find_words(&finder)?)));
        found.ok_or(words)
    };
    quoted(claim).into_iter().map(find).collect()
}

/// Adds citations for quotations not cited yet; returns whether any was added.
pub(super) fn add_quotations(
    sources: &Sources<'_>,
    quotations: Vec<(usize, Range<usize>)>,
    citations: &mut Vec<Citation>,
) -> bool {
    let before = citations.len();
    for (source, bytes) in quotations {
        let quotation = sources.passages[source].citation(source + 1, bytes);
        if !citations
            .iter()
            .any(|citation| citation.quote.contains(&quotation.quote))
        {
            citations.push(quotation);
        }
    }
    citations.len() > before
}
