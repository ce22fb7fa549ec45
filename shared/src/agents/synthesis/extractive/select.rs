//! Scoring the blocks of the passages by how well they answer a question.

use std::{collections::HashSet, ops::Range};

use super::{
    literals::{Literal, literals},
    narrow::asks_for_all,
    page::{ReadPassage, pairs, stems},
};
use crate::{
    domain::{Passage, Question},
    evidence::{
        confidence::AnswerSignals,
        question::{QuestionTerms, TermKind},
        units::{Block, BlockKind},
        words::{Lexicon, Word},
    },
};

/// The number of signals of a block.
const SIGNALS: usize = 15;

/// A block that may be quoted.
#[derive(Debug, Clone)]
pub struct BlockCandidate {
    /// Index of the passage, from 0.
    pub source: usize,
    /// Index of the block in its passage.
    pub block: usize,
    /// The bytes of its points in the passage.
    pub range: Range<usize>,
    /// The score: the weighted sum of the signals.
    pub score: f64,
    /// What it says about an answer that it is quoted in, but for the margin, which depends on the other blocks.
    pub answer: AnswerSignals,
}

impl BlockCandidate {
    /// The signals that tell whether this block, of those of a question, is a complete answer.
    pub(super) fn answer_signals(&self, candidates: &[Self], passages: &[Passage]) -> AnswerSignals {
        let document = |candidate: &Self| passages.get(candidate.source).map(|passage| &passage.id.document);
        let next = candidates.iter().find(|other| document(other) != document(self));
        AnswerSignals {
            margin: next.map_or(f64::INFINITY, |next| self.score - next.score),
            ..self.answer.clone()
        }
    }
}

/// What a question asks of every block, read once.
struct Wanted<'a> {
    terms: &'a QuestionTerms,
    words: &'a [Word],
    lexicon: &'a Lexicon,
    literals: Vec<Literal<'a>>,
    /// The stems of its terms and of their synonyms.
    stems: HashSet<u32>,
    /// The weight of all its terms.
    weight: f64,
    wants_list: bool,
    wants_code: bool,
}

/// The weights of the signals.
const WEIGHTS: [f64; SIGNALS] = [
    0.9, 1.5, 1.6, 2.6, 2.8, 2.4, 0.2, 0.9, 1.2, 1.4, 0.4, 0.9, 1.1, 0.8, 1.5,
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
    let terms_and_synonyms = terms
        .words
        .iter()
        .flat_map(|term| term.synonyms.iter().copied().chain([term.stem]));
    let wanted = Wanted {
        terms,
        words,
        lexicon,
        literals: literals(question.as_str()),
        stems: terms_and_synonyms.collect(),
        weight: terms.words.iter().map(|word| word.weight).sum(),
        wants_list: asks_for_all(words, lexicon),
        wants_code: asks_for_code(words, lexicon),
    };
    let mut found = Vec::new();
    for (source, page) in pages.iter().enumerate() {
        for block in 0..page.blocks.len() {
            found.push(candidate(&wanted, page, (source, block), best));
        }
    }
    found.sort_by(|a, b| {
        let place = |one: &BlockCandidate| (one.source, one.block);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    found
}

fn candidate(
    wanted: &Wanted<'_>,
    page: &ReadPassage<'_>,
    (source, block): (usize, usize),
    best: f64,
) -> BlockCandidate {
    let Wanted { terms, lexicon, .. } = *wanted;
    let (unit, read) = page.block(block);
    let lead = stems(&read.lead);
    let mut own = lead.clone();
    for point in &read.points {
        own.extend(point.iter().map(|word| word.stem));
    }
    let points = read.points.iter().map(|point| {
        let point = stems(point);
        terms.coverage(|stem| point.contains(&stem) || lead.contains(&stem))
    });
    let point = points.fold(0.0, f64::max);
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
    let named = read
        .near_content
        .iter()
        .filter(|stem| wanted.stems.contains(stem))
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
    let phrase = read
        .points
        .iter()
        .map(|point| pairs(wanted.words, &[read.lead.as_slice(), point].concat(), terms))
        .fold(0.0, f64::max);
    let heading_match = 2.0 * near * named / (near + named).max(f64::MIN_POSITIVE);
    let literal = if wanted.literals.is_empty() {
        0.0
    } else {
        let text = block_text(page, block);
        let has = wanted.literals.iter().filter(|literal| literal.is_in(&text));
        2.0 * has.count() as f64 / wanted.literals.len() as f64 - 1.0
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
        rest,
        f64::from(u8::from(is_long)),
        phrase,
        literal,
        f64::from(u8::from(unit.kind == BlockKind::List && wanted.wants_list)),
        f64::from(u8::from(unit.kind == BlockKind::Code && wanted.wants_code)),
    ];
    let largest = |is_there: &dyn Fn(u32) -> bool, counts: &dyn Fn(TermKind) -> bool| {
        let missing = terms
            .words
            .iter()
            .filter(|word| counts(word.kind) && word.found(is_there) == 0.0);
        missing
            .map(|word| word.weight / wanted.weight)
            .fold(0.0, f64::max)
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
        score: signals
            .iter()
            .zip(WEIGHTS)
            .map(|(signal, weight)| signal * weight)
            .sum(),
        answer: AnswerSignals {
            coverage: all,
            rest,
            near: with_near,
            heading: heading_match,
            literals: literal,
            missing,
            missing_words: missing_words.into_iter().map(|(_, word)| word).collect(),
            margin: 0.0,
            words: terms.words.len(),
            expected: terms.expected,
            is_expected,
        },
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
