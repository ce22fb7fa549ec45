//! Extractive answers: the units that answer a question best, quoted verbatim and shown clean, without a model.

mod assessment;
mod literals;
mod narrow;
pub(super) mod quotable;
mod reading;
pub mod select;
mod sides;

use crate::{
    agents::retrieval::Retrieved,
    domain::{Citation, Passage, Question},
    evidence::{
        markers::markers,
        question::QuestionTerms,
        sanitize::sanitize,
        shown_unit::ShownUnit,
        units::{BlockKind, Part},
        verifier::citation,
        words::{Lexicon, Word},
    },
};
pub use assessment::answer_signals;
use narrow::{Asked, narrow};
use reading::ReadPassage;
use select::{BlockCandidate, rank};
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
        self.units.iter().map(|unit| unit.shown.text.chars().count() + 1).sum()
    }
}

/// Quotes the best evidence for a question, and for each of its parts that this does not cover; empty if nothing says
/// enough. `max_tokens` limits the length, but at least one unit is quoted.
pub fn quote(question: &Question, retrieved: &Retrieved, max_tokens: Option<u32>) -> Vec<Quotation> {
    let mut lexicon = Lexicon::default();
    let pages: Vec<ReadPassage<'_>> = retrieved
        .passages
        .iter()
        .map(|passage| ReadPassage::read(passage, &mut lexicon))
        .collect();
    let mut room = max_tokens.map_or(MAX_LENGTH, |tokens| {
        (tokens as usize * CHARACTERS_PER_TOKEN).min(MAX_LENGTH)
    });
    let mut quotations = Vec::new();
    // What the whole question finds may leave out a part of it.
    let whole = [(question, &retrieved.weights, MAX_BLOCKS)].into_iter();
    let parts = retrieved.parts.iter().map(|part| (&part.question, &part.weights, 1));
    let asked: Vec<_> = if retrieved.parts.is_empty() {
        whole.collect()
    } else {
        parts.collect()
    };
    for (question, weights, blocks) in asked {
        let terms = QuestionTerms::read(&mut lexicon, question.as_str(), weights);
        let words: Vec<Word> = lexicon.read(question.as_str(), 0..question.as_str().len());
        let candidates = rank(question, &terms, &words, &lexicon, &pages);
        let asked = Asked {
            terms: &terms,
            words: &words,
            lexicon: &lexicon,
        };
        choose(&asked, &pages, candidates, blocks, &mut room, &mut quotations);
    }
    quotations
}

/// Adds the best blocks for a question to the quotations.
fn choose(
    asked: &Asked<'_>,
    pages: &[ReadPassage<'_>],
    candidates: Vec<BlockCandidate>,
    blocks: usize,
    room: &mut usize,
    chosen: &mut Vec<Quotation>,
) {
    let best = candidates.first().map_or(0.0, |best| best.score);
    let mut count = 0;
    for candidate in candidates {
        if count == blocks || candidate.score < best - MAX_GAP || count == 0 && candidate.coverage < MIN_COVERAGE {
            return;
        }
        let page = &pages[candidate.source];
        let is_chosen = |other: &Quotation| {
            let other = other.candidate.as_ref();
            other.is_some_and(|other| (other.source, other.block) == (candidate.source, candidate.block))
        };
        if chosen.iter().any(is_chosen) {
            count += 1;
            continue;
        }
        let quotation = narrow(asked, page, candidate.block, *room)
            .and_then(|parts| quotation(page, candidate.source, &parts, Some(candidate)));
        let Some(quotation) = quotation else { continue };
        let length = quotation.length();
        let text = |quotation: &Quotation| -> String {
            quotation.units.iter().map(|unit| unit.shown.text.as_str()).collect()
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
    candidate: Option<BlockCandidate>,
) -> Option<Quotation> {
    let kind = candidate.as_ref().map(|candidate| page.units.blocks[candidate.block].kind);
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
        candidate,
    })
}

fn unit(page: &ReadPassage<'_>, source: usize, parts: &[Part]) -> Option<QuotedUnit> {
    let mut shown = page.units.show(parts);
    shown.text = safe(&shown.text, page.passage)?;
    let quotes = shown.quotes.iter();
    let citations = quotes
        .map(|bytes| citation(source + 1, page.passage, bytes.clone()))
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
