//! A passage, read: the words of each block, of what introduces it and of the headings over it.

use std::{collections::HashSet, ops::Range};

use crate::{
    domain::Passage,
    evidence::{
        question::QuestionTerms,
        side::Side,
        units::{Block, Part, Units},
        words::{Lexicon, Word},
    },
};

/// A passage with its blocks.
pub(super) struct ReadPassage<'a> {
    pub(super) passage: &'a Passage,
    pub(super) units: Units<'a>,
    /// For each block, what was read of it.
    pub(super) blocks: Vec<ReadBlock>,
    /// The stems of the title.
    pub(super) title: HashSet<u32>,
    /// The stems of all blocks.
    pub(super) all: HashSet<u32>,
}

/// The words of a block.
pub(super) struct ReadBlock {
    /// Those of what introduces it.
    pub(super) lead: Vec<Word>,
    /// Those of each of its points.
    pub(super) points: Vec<Vec<Word>>,
    /// The stems of the nearest heading over it, or of the title where there is none.
    pub(super) near: HashSet<u32>,
    /// Whether `near` is the title.
    pub(super) is_under_title: bool,
    /// The stems of the content words of the nearest heading.
    pub(super) near_content: Vec<u32>,
    /// The stems of all headings over it.
    pub(super) path: HashSet<u32>,
}

impl<'a> ReadPassage<'a> {
    pub(super) fn read(passage: &'a Passage, lexicon: &mut Lexicon) -> Self {
        let units = Units::read(passage);
        let mut all = |text: &str| lexicon.read(text, 0..text.len());
        let title = stems(&all(&passage.header.title));
        let context = stems(&all(&passage.context));
        // What stands over no heading is about the title.
        let over = passage
            .context
            .rsplit(" > ")
            .next()
            .filter(|over| !over.is_empty());
        let over = over.unwrap_or(&passage.header.title);
        let blocks = units.blocks.iter().map(|block| {
            let headings = units.headings(block);
            let near = headings.last().map_or(over, String::as_str);
            let near_words = lexicon.read(near, 0..near.len());
            let mut path = context.clone();
            for heading in &headings {
                path.extend(stems(&lexicon.read(heading, 0..heading.len())));
            }
            let mut words = |parts: &[Part]| {
                let parts = parts.iter();
                parts
                    .flat_map(|part| words_of(lexicon, &units.outline.masked, part.range.clone()))
                    .collect::<Vec<_>>()
            };
            ReadBlock {
                lead: words(&block.lead),
                points: block.points.iter().map(|point| words(point)).collect(),
                near: stems(&near_words),
                is_under_title: headings.is_empty() && passage.context.is_empty(),
                near_content: near_words
                    .iter()
                    .filter(|word| word.is_content())
                    .map(|word| word.stem)
                    .collect(),
                path,
            }
        });
        let blocks: Vec<ReadBlock> = blocks.collect();
        let words = blocks
            .iter()
            .flat_map(|block| block.points.iter().flatten().chain(&block.lead));
        let all = words.map(|word| word.stem).collect();
        Self {
            passage,
            units,
            blocks,
            title,
            all,
        }
    }

    /// A block and its words.
    pub(super) fn block(&self, block: usize) -> (&Block, &ReadBlock) {
        (&self.units.blocks[block], &self.blocks[block])
    }

    /// Words of a block as one side of a comparison.
    pub(super) fn side<'s>(&'s self, words: &'s [Word], lexicon: &'s Lexicon) -> Side<'s> {
        Side {
            text: &self.units.outline.masked,
            words,
            lexicon,
        }
    }
}

/// The words of a part of a text, and behind each identifier such as `scrape_interval` the words in it.
fn words_of(lexicon: &mut Lexicon, text: &str, part: Range<usize>) -> Vec<Word> {
    let words = lexicon.read(text, part.clone());
    if !text[part].contains('_') {
        return words;
    }
    let mut all = Vec::with_capacity(words.len());
    for word in words {
        all.push(word);
        let identifier = &text[word.start..word.end];
        if identifier.contains('_') {
            let mut start = word.start;
            for piece in identifier.split('_') {
                all.extend(lexicon.read(text, start..start + piece.len()));
                start += piece.len() + 1;
            }
        }
    }
    all
}

pub(super) fn stems(words: &[Word]) -> HashSet<u32> {
    words.iter().map(|word| word.stem).collect()
}

/// The share of the neighbouring words of a question that are neighbours here too, function words included: "not covered",
/// "under Ada".
pub(super) fn pairs(question: &[Word], words: &[Word], terms: &QuestionTerms) -> f64 {
    let there: HashSet<(u32, u32)> = words
        .windows(2)
        .map(|pair| (pair[0].stem, pair[1].stem))
        .collect();
    let has_term = |word: &Word| terms.has(word);
    let asked = question
        .windows(2)
        .filter(|pair| has_term(&pair[0]) || has_term(&pair[1]));
    let (mut found, mut all) = (0.0, 0.0);
    for pair in asked {
        all += 1.0;
        if there.contains(&(pair[0].stem, pair[1].stem)) {
            found += 1.0;
        }
    }
    if all == 0.0 { 0.0 } else { found / all }
}
