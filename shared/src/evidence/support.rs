//! How far one text bears out another, as one number: for measuring on data sets, and for ranking.

use std::collections::HashSet;

use super::{
    align::{Aligner, Alignment},
    clash::{self, Clash, Side},
    sources::Sources,
    words::Word,
};

/// How far a passage bears a claim out, and what speaks for and against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The share of the claim's words, by weight, that the best sentence or two carry.
    pub coverage: f32,
    /// The share that stands anywhere in the passage.
    pub anywhere: f32,
    /// The share of the claim's neighbouring words that are neighbours in the passage.
    pub phrases: f32,
    /// The share of the claim that is its longest run of words that the passage has in the same order.
    pub run: f32,
    /// How many different words the claim has that tell something.
    pub words: usize,
    /// What the rules hold against it in the sentences that carry most.
    pub clashes: Vec<Clash>,
}

/// Compares a claim with a passage that has this title.
pub fn support(claim: &str, passage: &str, title: &str) -> Score {
    let mut sources = Sources::of_texts([(passage, [title, ""])]);
    let words = sources.lexicon.read(claim, 0..claim.len());
    let side = Side {
        text: claim,
        words: &words,
        lexicon: &sources.lexicon,
    };
    let best = Aligner::of(&sources)
        .align(&sources, side, &[0])
        .into_iter()
        .next();
    let mut telling: Vec<&Word> = Vec::new();
    for word in words.iter().filter(|word| word.is_content()) {
        if telling.iter().all(|other| other.stem != word.stem) {
            telling.push(word);
        }
    }
    let all: f32 = telling.iter().map(|word| word.weight).sum();
    let there: HashSet<u32> = sources
        .words(0)
        .iter()
        .map(|word| word.stem)
        .chain(sources.over(0).iter().copied())
        .collect();
    let share = |is_there: &dyn Fn(&Word) -> bool| {
        let there = telling.iter().filter(|word| is_there(word));
        if all > 0.0 {
            there.map(|word| word.weight).sum::<f32>() / all
        } else {
            0.0
        }
    };
    let carried = |alignment: &Alignment| {
        let span = sources.side(&alignment.sentences);
        share(&|word| {
            span.words.iter().any(|other| other.stem == word.stem) || clash::has_opposite(side, word, span)
        })
    };
    let (phrases, run) = in_order(&words, sources.words(0));
    Score {
        coverage: best.as_ref().map_or(0.0, carried),
        anywhere: share(&|word| there.contains(&word.stem)),
        phrases,
        run,
        words: telling.len(),
        clashes: best.map_or_else(Vec::new, |best| {
            clash::clashes(side, sources.side(&best.sentences), &best.context)
        }),
    }
}

/// The share of neighbouring words that are neighbours there too, and of the longest run of them.
fn in_order(claim: &[Word], passage: &[Word]) -> (f32, f32) {
    let pairs: HashSet<(u32, u32)> = passage
        .windows(2)
        .map(|pair| (pair[0].stem, pair[1].stem))
        .collect();
    let (mut shared, mut run, mut longest) = (0_usize, 0_usize, 0_usize);
    for pair in claim.windows(2) {
        if pairs.contains(&(pair[0].stem, pair[1].stem)) {
            (shared, run) = (shared + 1, run + 1);
            longest = longest.max(run);
        } else {
            run = 0;
        }
    }
    let all = claim.len().saturating_sub(1).max(1) as f32;
    (shared as f32 / all, longest as f32 / all)
}
