//! Spelling: which words of a question the library does not have, and which of its words are spelt like them.

use std::{cmp::Reverse, collections::BTreeSet};

use strsim::osa_distance;
use unicode_segmentation::UnicodeSegmentation;

use super::analyzer;

/// The shortest word that is corrected, in characters.
pub const MIN_LENGTH: usize = 4;
/// The length from which a word may differ in two places, in characters.
const LONG: usize = 8;

/// The words of a question that the library does not have, with their byte offsets. `unknown` has the terms of the question
/// that it does not have. Numbers and words in capitals are names, which are not corrected.
pub fn unknown_words<'a>(
    question: &'a str,
    unknown: &'a BTreeSet<String>,
) -> impl Iterator<Item = (usize, &'a str)> {
    question.unicode_word_indices().filter(|(_, word)| {
        let is_name =
            word.contains(|c: char| c.is_ascii_digit()) || word.chars().skip(1).any(char::is_uppercase);
        let terms = analyzer::distinct(word);
        !is_name
            && word.chars().count() >= MIN_LENGTH
            && terms.first().is_some_and(|whole| unknown.contains(whole))
    })
}

/// How far apart the spellings of a word and another one in lower case are, if they are near: one edit (optimal string
/// alignment), or two for a word of eight letters.
pub fn distance(word: &str, other: &str) -> Option<usize> {
    let folded = word.to_lowercase();
    let most = if folded.chars().count() >= LONG { 2 } else { 1 };
    if other.len().abs_diff(folded.len()) > 4 * most {
        return None;
    }
    let distance = osa_distance(&folded, other);
    (1..=most).contains(&distance).then_some(distance)
}

/// The nearest of some words in lower case, the most frequent of those at the same distance.
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = (&'a str, u64)>) -> Option<&'a str> {
    let near = words
        .into_iter()
        .filter_map(|(other, count)| Some((distance(word, other)?, Reverse(count), other)));
    near.min().map(|(.., other)| other)
}
