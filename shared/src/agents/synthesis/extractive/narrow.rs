//! Narrows a block to what answers the question: all of a short one, or the best of its points with those around them.

use std::collections::HashSet;

use super::{
    page::{ReadPassage, pairs, stems},
    quotable::{Dependency, dependency},
};
use crate::evidence::{
    question::{AnswerKind, QuestionTerms},
    units::{Block, BlockKind, Part},
    words::{Lexicon, Word},
};

/// A block up to this length is quoted whole, in characters.
const WHOLE: usize = 420;
/// Length of the sentences that are quoted of a longer paragraph.
const WINDOW: usize = 380;

/// How far a point is ahead of all others when the question asks for it alone.
const ALONE: f64 = 0.7;

/// The question, read.
pub(super) struct Asked<'a> {
    pub(super) terms: &'a QuestionTerms,
    pub(super) words: &'a [Word],
    pub(super) lexicon: &'a Lexicon,
}

/// The parts of a block to quote, in at most about `room` characters; `None` when nothing fits.
pub(super) fn narrow(
    asked: &Asked<'_>,
    page: &ReadPassage<'_>,
    block: usize,
    room: usize,
) -> Option<Vec<Part>> {
    let (unit, _) = page.block(block);
    let whole = all_parts(unit);
    let length = length(page, &whole);
    let scores = scores(asked, page, block);
    let keeps_order = matches!(unit.kind, BlockKind::Paragraph | BlockKind::Definition);
    if keeps_order && let Some(best) = answers_alone(asked, page, block, &scores) {
        return Some(with_antecedent(page, unit, best));
    }
    let is_asked_for = !keeps_order && !asks_for_all(asked.words, asked.lexicon) && is_alone(&scores);
    if length <= WHOLE.min(room) && !is_asked_for {
        return Some(whole);
    }
    if keeps_order {
        return window(page, unit, &scores, WINDOW.min(room));
    }
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    let wants_all = unit.kind == BlockKind::List && asks_for_all(asked.words, asked.lexicon);
    if length <= room && !is_asked_for && (wants_all || !stands_out(&scores, best)) {
        return Some(whole);
    }
    if wants_all {
        return heads(page, unit, room);
    }
    points(page, unit, &scores, room.min(WHOLE))
}

fn all_parts(unit: &Block) -> Vec<Part> {
    let points = unit.points.iter().flatten();
    unit.lead.iter().chain(points).cloned().collect()
}

fn length(page: &ReadPassage<'_>, parts: &[Part]) -> usize {
    page.units.show(parts).text.chars().count()
}

/// The sentence that has the kind of answer that is asked for and as much of the question as its whole paragraph, if there
/// is one.
fn answers_alone(asked: &Asked<'_>, page: &ReadPassage<'_>, block: usize, scores: &[f64]) -> Option<usize> {
    let Asked { terms, lexicon, .. } = *asked;
    let has_form = !matches!(
        terms.expected,
        AnswerKind::Anything | AnswerKind::Definition | AnswerKind::Reason
    );
    let best = best_of(scores).filter(|_| has_form)?;
    let (_, read) = page.block(block);
    let point = &read.points[best];
    let covered = |words: &mut dyn Iterator<Item = &Word>| {
        let stems: HashSet<u32> = words.map(|word| word.stem).collect();
        terms.coverage(|stem| stems.contains(&stem))
    };
    let is_complete = covered(&mut point.iter()) + 0.05 >= covered(&mut read.points.iter().flatten());
    let is_met = terms.expected.is_met(terms, page.side(point, lexicon)) == Some(true);
    (is_complete && is_met).then_some(best)
}

/// A sentence with the one that names what it refers to.
fn with_antecedent(page: &ReadPassage<'_>, unit: &Block, point: usize) -> Vec<Part> {
    let text = |point: usize| page.units.show(&unit.points[point]).text;
    let mut parts = unit.points[point].clone();
    if dependency(&text(point)) != Dependency::Standalone {
        let named = (0..point)
            .rev()
            .find(|before| dependency(&text(*before)) == Dependency::Standalone);
        if let Some(named) = named {
            parts.splice(0..0, unit.points[named].iter().cloned());
        }
    }
    parts
}

/// Whether one point answers the question, and no other comes near.
fn is_alone(scores: &[f64]) -> bool {
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    scores.len() > 1 && scores.iter().filter(|score| **score > best - ALONE).count() == 1
}

/// Whether one point covers much more of the question than most.
fn stands_out(scores: &[f64], best: f64) -> bool {
    let near = scores.iter().filter(|score| **score >= best - 0.15).count();
    best > 0.3 && near * 4 <= scores.len()
}

/// Whether a question asks for all items of a list: for steps, or for several things.
pub(super) fn asks_for_all(words: &[Word], lexicon: &Lexicon) -> bool {
    let folded: Vec<&str> = words.iter().map(|word| lexicon.folded(word)).collect();
    let begins = |start: &[&str]| folded.starts_with(start);
    let names = |word: &&str| {
        matches!(
            *word,
            "step"
                | "steps"
                | "list"
                | "types"
                | "kinds"
                | "ways"
                | "options"
                | "examples"
                | "checklist"
                | "include"
        )
    };
    ["do", "can", "to", "should", "does", "are", "is"]
        .iter()
        .any(|verb| begins(&["how", *verb]))
        || begins(&["what", "are"])
        || begins(&["what", "should"])
        || folded.iter().any(names)
}

/// The first sentence of each item of a list, as far as they fit.
fn heads(page: &ReadPassage<'_>, unit: &Block, room: usize) -> Option<Vec<Part>> {
    let mut parts = unit.lead.clone();
    for point in &unit.points {
        let first = point.first()?;
        let sentence = page.units.sentences(first.leaf).into_iter().next();
        let head = Part {
            leaf: first.leaf,
            range: sentence.unwrap_or_else(|| first.range.clone()),
        };
        parts.push(head);
        if length(page, &parts) > room {
            parts.pop();
            break;
        }
    }
    (parts.len() > unit.lead.len()).then_some(parts)
}

/// How well each point of a block answers the question.
fn scores(asked: &Asked<'_>, page: &ReadPassage<'_>, block: usize) -> Vec<f64> {
    let Asked {
        terms,
        words,
        lexicon,
    } = *asked;
    let (_, read) = page.block(block);
    let score = |point: &Vec<Word>| {
        let own = stems(point);
        let open = terms.coverage_of(
            |word| word.found(|stem| read.near.contains(&stem) || page.title.contains(&stem)) == 0.0,
            |stem| own.contains(&stem),
        );
        let kind = match terms.expected.is_met(terms, page.side(point, lexicon)) {
            Some(true) => 0.4,
            Some(false) => -0.4,
            None => 0.0,
        };
        terms.coverage(|stem| own.contains(&stem))
            + open.unwrap_or_default()
            + kind
            + pairs(words, point, terms)
    };
    read.points.iter().map(score).collect()
}

/// The sentences around the best one.
fn window(page: &ReadPassage<'_>, unit: &Block, scores: &[f64], room: usize) -> Option<Vec<Part>> {
    let best = best_of(scores)?;
    let parts = |from: usize, to: usize| -> Vec<Part> {
        let points = unit.points[from..to].iter().flatten();
        unit.lead.iter().chain(points).cloned().collect()
    };
    let (mut from, mut to) = (best, best + 1);
    loop {
        // The next sentence explains more often than the one before.
        let next = (to < unit.points.len()).then(|| (from, to + 1));
        let before = from.checked_sub(1).map(|from| (from, to));
        let fits = |window: &(usize, usize)| length(page, &parts(window.0, window.1)) <= room;
        let first = if to - best > best - from {
            [before, next]
        } else {
            [next, before]
        };
        match first.into_iter().flatten().find(fits) {
            Some(window) => (from, to) = window,
            None => return Some(parts(from, to)),
        }
    }
}

/// The best points, in order, with what introduces them.
fn points(page: &ReadPassage<'_>, unit: &Block, scores: &[f64], room: usize) -> Option<Vec<Part>> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let best = scores[*order.first()?];
    let mut chosen: Vec<usize> = Vec::new();
    let parts = |chosen: &[usize]| -> Vec<Part> {
        let points = chosen.iter().flat_map(|point| &unit.points[*point]);
        unit.lead.iter().chain(points).cloned().collect()
    };
    for point in order {
        let mut more = chosen.clone();
        more.push(point);
        more.sort_unstable();
        let is_close = scores[point] >= best - 0.15;
        if !chosen.is_empty() && (!is_close || length(page, &parts(&more)) > room) {
            break;
        }
        chosen = more;
    }
    Some(parts(&chosen))
}

fn best_of(scores: &[f64]) -> Option<usize> {
    let mut all = scores.iter().enumerate();
    let (mut place, mut best) = all.next()?;
    for (other, score) in all {
        if score > best {
            (place, best) = (other, score);
        }
    }
    Some(place)
}
