//! Extractive answers: the units that answer a question best, quoted verbatim and shown clean, without a model.

mod assessment;
mod literals;
mod narrow;
mod page;
pub(super) mod quotable;
mod reading;
pub mod select;
mod sides;
mod snippets;

use crate::{
    domain::{Citation, Passage},
    evidence::{
        markers::markers,
        sanitize::sanitize,
        shown_unit::ShownUnit,
        units::{BlockKind, Part},
    },
};
use narrow::{Asked, narrow};
use page::ReadPassage;
use reading::AskedQuestion;
pub use reading::Reading;
use select::BlockCandidate;
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
    fn length(&self) -> usize {
        self.units
            .iter()
            .map(|unit| unit.shown.text.chars().count() + 1)
            .sum()
    }
}

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
            || count == 0 && candidate.coverage < MIN_COVERAGE
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

/// Quotes parts of a passage: each sentence as a unit of its own, lists, tables and code as one. `None` when what they show
/// is not safe.
fn quotation(
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
        units.push(unit(page, source, group)?);
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
