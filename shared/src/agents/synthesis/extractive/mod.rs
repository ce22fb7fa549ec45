//! Extractive answers: the units that answer a question best, quoted verbatim and shown clean, without a model.

mod assessment;
mod literals;
mod narrow;
mod page;
pub(super) mod quotable;
mod quotation;
mod reading;
pub mod select;
mod sides;
mod snippets;
#[cfg(test)]
mod tests;

use narrow::{Asked, narrow};
use quotation::quotation;
pub use quotation::{Quotation, QuotedUnit};
use reading::AskedQuestion;
pub use reading::Reading;
pub use sides::with_all_sides;

/// Maximum number of blocks for one question.
const MAX_BLOCKS: usize = 2;
/// Maximum length of an answer, in characters.
const MAX_LENGTH: usize = 800;
/// Maximum difference in score to the best block.
const MAX_GAP: f64 = 1.5;
/// Minimum share of the question's weight that the best block must cover.
const MIN_COVERAGE: f64 = 0.2;
/// Characters per token.
const CHARACTERS_PER_TOKEN: usize = 4;

/// Quotes the best evidence for a question, or for each of its parts; empty if nothing says enough. `max_tokens` limits the
/// length, but at least one unit is quoted.
pub fn quote(reading: &Reading<'_>, max_tokens: Option<u32>) -> Vec<Quotation> {
    let mut room = max_tokens.map_or(MAX_LENGTH, |tokens| {
        (tokens as usize * CHARACTERS_PER_TOKEN).min(MAX_LENGTH)
    });
    let blocks = if reading.asked.len() > 1 { 1 } else { MAX_BLOCKS };
    let mut quotations = Vec::new();
    for asked in &reading.asked {
        choose(reading, asked, blocks, &mut room, &mut quotations);
    }
    quotations
}

/// Adds the best blocks for a question to the quotations.
fn choose(
    reading: &Reading<'_>,
    asked: &AskedQuestion<'_>,
    blocks: usize,
    room: &mut usize,
    chosen: &mut Vec<Quotation>,
) {
    let best = asked.candidates.first().map_or(0.0, |best| best.score);
    let narrowed = Asked {
        terms: &asked.terms,
        words: &asked.words,
        lexicon: &reading.lexicon,
    };
    let mut count = 0;
    for candidate in &asked.candidates {
        if count == blocks
            || candidate.score < best - MAX_GAP
            || count == 0 && candidate.answer.coverage < MIN_COVERAGE
        {
            return;
        }
        let page = &reading.pages[candidate.source];
        let is_chosen = |other: &Quotation| {
            let other = other.candidate.as_ref();
            other.is_some_and(|other| (other.source, other.block) == (candidate.source, candidate.block))
        };
        if chosen.iter().any(is_chosen) {
            count += 1;
            continue;
        }
        let quotation = narrow(&narrowed, page, candidate.block, *room)
            .and_then(|parts| quotation(page, candidate.source, &parts, Some(candidate)));
        let Some(quotation) = quotation else { continue };
        let length = quotation.length();
        let text = |quotation: &Quotation| -> String {
            quotation
                .units
                .iter()
                .map(|unit| unit.shown.text.as_str())
                .collect()
        };
        let is_repeated = chosen.iter().any(|other| text(other).contains(&text(&quotation)));
        if is_repeated || length > *room && !chosen.is_empty() {
            continue;
        }
        *room = room.saturating_sub(length);
        count += 1;
        chosen.push(quotation);
    }
}
