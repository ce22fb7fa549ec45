//! Scoring the blocks of the passages by how well they answer a question.

use std::{collections::HashSet, ops::Range};

use super::{
    literals::literals,
    narrow::asks_for_all,
    page::{ReadPassage, pairs, stems},
};
use crate::{
    domain::{Passage, Question},
    evidence::{
        confidence::AnswerSignals,
        question::{AnswerKind, QuestionTerms, TermKind},
        units::{Block, BlockKind},
        words::{Lexicon, Word},
    },
};

/// The number of signals of a block.
pub const SIGNALS: usize = 16;

/// A block that may be quoted.
#[derive(Debug, Clone)]
pub struct BlockCandidate {
    /// Index of the passage, from 0.
    pub source: usize,
    /// Index of the block in its passage.
    pub block: usize,
    /// The bytes of its points in the passage.
    pub range: Range<usize>,
    /// The signals, in the order of [`WEIGHTS`].
    pub signals: [f64; SIGNALS],
    /// The score: the weighted sum of the signals.
    pub score: f64,
    /// The largest share of the question's weight of a word that neither the block nor its nearest heading has, and of a
    /// name or number that the passage does not have.
    pub missing: [f64; 2],
    /// The words of the question that neither the block nor its headings or title have, the heaviest first.
    pub missing_words: Vec<String>,
    /// The share of the question that the block covers with its nearest heading.
    pub near: f64,
    /// The number of content words in the question.
    pub words: usize,
    /// The kind of answer that the question expects.
    pub expected: AnswerKind,
    /// For each point, the share of the question that it covers together with what introduces the block.
    pub points: Vec<f64>,
    /// Share of the question's weight that the block covers together with its title and headings, 0 to 1.
    pub coverage: f64,
    /// Whether it has the expected kind of answer; `None` if that cannot be determined.
    pub is_expected: Option<bool>,
}

impl BlockCandidate {
    /// The signals that tell whether this block, of those of a question, is a complete answer.
    pub(super) fn answer_signals(&self, candidates: &[Self], passages: &[Passage]) -> AnswerSignals {
        let document = |candidate: &Self| passages.get(candidate.source).map(|passage| &passage.id.document);
        let next = candidates.iter().find(|other| document(other) != document(self));
        AnswerSignals {
            coverage: self.coverage,
            rest: self.signals[10],
            near: self.near,
            heading: self.signals[4],
            literals: self.signals[13],
            missing: self.missing,
            missing_words: self.missing_words.clone(),
            margin: next.map_or(f64::INFINITY, |next| self.score - next.score),
            words: self.words,
            expected: self.expected,
            is_expected: self.is_expected,
        }
    }
}

/// The weights of the signals.
const WEIGHTS: [f64; SIGNALS] = [
    0.9, 1.5, 1.6, 2.6, 2.8, 2.4, 0.2, 0.9, 1.2, 0.0, 1.4, 0.4, 0.9, 1.1, 0.8, 1.5,
];

/// The blocks of the passages, best first.
pub(super) fn candidates(
    question: &Question,
    terms: &QuestionTerms,
    words: &[Word],
    lexicon: &Lexicon,
    pages: &[ReadPassage<'_>],
) -> Vec<BlockCandidate> {
    let best = pages
        .iter()
        .map(|page| page.passage.score)
        .fold(f64::MIN_POSITIVE, f64::max);
    let mut found = Vec::new();
    for (source, page) in pages.iter().enumerate() {
        for block in 0..page.blocks.len() {
            found.push(candidate(
                question,
                terms,
                words,
                lexicon,
                page,
                (source, block),
                best,
            ));
        }
    }
    found.sort_by(|a, b| {
        let place = |one: &BlockCandidate| (one.source, one.block);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    found
}

fn candidate(
    question: &Question,
    terms: &QuestionTerms,
    words: &[Word],
    lexicon: &Lexicon,
    page: &ReadPassage<'_>,
    (source, block): (usize, usize),
    best: f64,
) -> BlockCandidate {
    let (unit, read) = page.block(block);
    let lead = stems(&read.lead);
    let mut own = lead.clone();
    for point in &read.points {
        own.extend(point.iter().map(|word| word.stem));
    }
    let points: Vec<f64> = read
        .points
        .iter()
        .map(|point| {
            let point = stems(point);
            terms.coverage(|stem| point.contains(&stem) || lead.contains(&stem))
        })
        .collect();
    let point = points.iter().copied().fold(0.0, f64::max);
    let covered = terms.coverage(|stem| own.contains(&stem));
    // A title says nothing of a block without a word of the question.
    let is_addressed = !read.is_under_title || covered > 0.0;
    let is_near = |stem: u32| is_addressed && read.near.contains(&stem);
    let near = terms.coverage(is_near);
    let with_near = terms.coverage(|stem| own.contains(&stem) || is_near(stem));
    let is_over = |stem: u32| read.path.contains(&stem) || page.title.contains(&stem);
    let all = terms.coverage(|stem| own.contains(&stem) || is_near(stem) || is_over(stem));
    let rest = terms
        .coverage_of(
            |word| word.found(|stem| page.title.contains(&stem)) == 0.0,
            |stem| own.contains(&stem) || is_near(stem),
        )
        .unwrap_or(0.5);
    let asked: HashSet<u32> = terms
        .words
        .iter()
        .flat_map(|term| term.synonyms.iter().copied().chain([term.stem]))
        .collect();
    let named = read
        .near_content
        .iter()
        .filter(|stem| asked.contains(stem))
        .count();
    let named = named as f64 / read.near_content.len().max(1) as f64;
    let kinds = read
        .points
        .iter()
        .map(|point| terms.expected.is_met(terms, page.side(point, lexicon)));
    let is_expected = kinds.fold(None, |met, kind| match (met, kind) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (met, kind) => met.or(kind),
    });
    let kind = match is_expected {
        Some(true) => 1.0,
        Some(false) => -1.0,
        None => 0.0,
    };
    let new = read
        .points
        .iter()
        .flatten()
        .filter(|word| word.is_content() && !terms.has(word));
    let new: HashSet<u32> = new.map(|word| word.stem).collect();
    let phrase = read
        .points
        .iter()
        .map(|point| pairs(words, &[read.lead.as_slice(), point].concat(), terms))
        .fold(0.0, f64::max);
    let heading_match = 2.0 * near * named / (near + named).max(f64::MIN_POSITIVE);
    let literal = literals(question.as_str());
    let literal = if literal.is_empty() {
        0.0
    } else {
        let text = block_text(page, block);
        let has = literal.iter().filter(|literal| literal.is_in(&text)).count();
        2.0 * has as f64 / literal.len() as f64 - 1.0
    };
    let is_long = matches!(unit.kind, BlockKind::List | BlockKind::Table | BlockKind::Code);
    let signals = [
        covered,
        point,
        with_near - covered,
        all,
        heading_match,
        page.passage.score / best,
        f64::from(u8::from(source == 0)),
        kind,
        if unit.is_first { heading_match } else { 0.0 },
        (1.0 + new.len() as f64).ln(),
        rest,
        f64::from(u8::from(is_long)),
        phrase,
        literal,
        f64::from(u8::from(
            unit.kind == BlockKind::List && asks_for_all(words, lexicon),
        )),
        f64::from(u8::from(
            unit.kind == BlockKind::Code && asks_for_code(words, lexicon),
        )),
    ];
    let total: f64 = terms.words.iter().map(|word| word.weight).sum();
    let largest = |is_there: &dyn Fn(u32) -> bool, counts: &dyn Fn(TermKind) -> bool| {
        let missing = terms
            .words
            .iter()
            .filter(|word| counts(word.kind) && word.found(is_there) == 0.0);
        missing.map(|word| word.weight / total).fold(0.0, f64::max)
    };
    let near_or_own = |stem: u32| own.contains(&stem) || is_near(stem);
    let is_identity = |kind: TermKind| matches!(kind, TermKind::Name | TermKind::Number);
    let mut missing_words: Vec<(f64, String)> = terms
        .words
        .iter()
        .filter(|word| word.kind != TermKind::Light)
        .filter(|word| word.found(|stem| near_or_own(stem) || is_over(stem)) == 0.0)
        .map(|word| (word.weight, word.text.clone()))
        .collect();
    missing_words.sort_by(|a, b| b.0.total_cmp(&a.0));
    let missing = [
        largest(&near_or_own, &|_| true),
        largest(
            &|stem| page.all.contains(&stem) || near_or_own(stem) || is_over(stem),
            &is_identity,
        ),
    ];
    BlockCandidate {
        source,
        block,
        range: points_range(unit),
        signals,
        score: signals
            .iter()
            .zip(WEIGHTS)
            .map(|(signal, weight)| signal * weight)
            .sum(),
        missing,
        missing_words: missing_words.into_iter().map(|(_, word)| word).collect(),
        near: with_near,
        words: terms.words.len(),
        expected: terms.expected,
        points,
        coverage: all,
        is_expected,
    }
}

/// Whether a question asks for code: an example, a formula, a command.
fn asks_for_code(words: &[Word], lexicon: &Lexicon) -> bool {
    words.iter().any(|word| {
        matches!(
            lexicon.folded(word),
            "example" | "formula" | "command" | "syntax" | "snippet" | "code" | "query" | "script"
        )
    })
}

/// The bytes from the first point of a block to its last.
fn points_range(unit: &Block) -> Range<usize> {
    let parts = unit.points.iter().flatten();
    let start = parts.clone().next().map_or(0, |part| part.range.start);
    start..parts.map(|part| part.range.end).fold(start, usize::max)
}

/// The text of a block, with what introduces it.
pub(super) fn block_text(page: &ReadPassage<'_>, block: usize) -> String {
    let (unit, _) = page.block(block);
    let parts = unit.lead.iter().chain(unit.points.iter().flatten());
    let texts = parts.map(|part| &page.units.outline.masked[part.range.clone()]);
    texts.collect::<Vec<_>>().join("\n")
}
