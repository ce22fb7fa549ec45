//! Whether two statements are about the same thing, as far as their documents tell: the titles and headings say what a
//! statement without a name of its own is about.

use std::collections::{BTreeSet, HashSet};

use super::{
    items::{Items, Kind},
    lists::{is_be, is_document_kind, names_no_subject},
};
use crate::{
    domain::Passage,
    evidence::words::{Lexicon, Word},
};

/// The words of the title and headings of a passage.
#[derive(Debug)]
pub(super) struct Headings {
    words: Vec<HeadingWord>,
}

#[derive(Debug)]
struct HeadingWord {
    stem: u32,
    /// Whether it has a digit: a version, a date or a model.
    is_number: bool,
    /// Whether it may be a name: it has a capital letter and is not known to say what kind of text this is.
    may_be_name: bool,
    /// Whether it says no more than what kind of text this is.
    is_kind: bool,
}

impl Headings {
    /// Reads the title and headings of a passage.
    pub(super) fn read(lexicon: &mut Lexicon, passage: &Passage) -> Self {
        let mut words = Vec::new();
        let mut seen = HashSet::new();
        for text in [passage.header.title.as_str(), passage.context.as_str()] {
            let read = lexicon.read(text, 0..text.len());
            let mut is_after_kind = false;
            for word in &read {
                let folded = lexicon.folded(word);
                let is_kind = is_document_kind(folded);
                let is_number = folded.contains(|c: char| c.is_ascii_digit());
                // "Guide A" and "Part 2" are documents, no things that they are about.
                let only_counts =
                    folded.chars().count() == 1 || is_number && is_after_kind && folded.len() < 3;
                is_after_kind = is_kind;
                if !word.is_content() || only_counts || !seen.insert(word.stem) {
                    continue;
                }
                words.push(HeadingWord {
                    stem: word.stem,
                    is_number,
                    may_be_name: word.capital && !names_no_subject(folded),
                    is_kind,
                });
            }
        }
        Self { words }
    }

    /// Whether a word with this stem stands in them.
    pub(super) fn has(&self, stem: u32) -> bool {
        self.words.iter().any(|word| word.stem == stem)
    }
}

/// The stems of words that are no names here: statements have them in lower case.
pub(super) fn common_words<'a>(words: impl IntoIterator<Item = &'a Word>) -> HashSet<u32> {
    words
        .into_iter()
        .filter(|word| !word.capital && word.is_content())
        .map(|word| word.stem)
        .collect()
}

/// Whether two statements may be about the same thing.
pub(super) fn is_same(
    shared: &[usize],
    one: (&Items<'_>, &Headings),
    other: (&Items<'_>, &Headings),
    common: impl FnOnce() -> HashSet<u32>,
    asked: impl Fn(u32) -> bool,
) -> bool {
    let stated: BTreeSet<u32> = [one.0, other.0]
        .iter()
        .flat_map(|items| items.side().words)
        .map(|word| word.stem)
        .collect();
    let left = |headings: &'_ Headings, than: &Headings| -> Vec<usize> {
        let words = headings.words.iter().enumerate();
        let left =
            words.filter(|(_, word)| !word.is_kind && !stated.contains(&word.stem) && !than.has(word.stem));
        left.map(|(place, _)| place).collect()
    };
    let (of_one, of_other) = (left(one.1, other.1), left(other.1, one.1));
    let words = || {
        let of_one = of_one.iter().map(|place| &one.1.words[*place]);
        of_one.chain(of_other.iter().map(|place| &other.1.words[*place]))
    };
    if words().any(|word| word.is_number || asked(word.stem)) {
        return false;
    }
    if has_name(one.0, shared) {
        return true;
    }
    // "Free plan" and "Business plan" are two of a kind.
    let are_siblings = !of_one.is_empty()
        && !of_other.is_empty()
        && one
            .1
            .words
            .iter()
            .any(|word| !word.is_kind && other.1.has(word.stem));
    if are_siblings || !words().any(|word| word.may_be_name) {
        return !are_siblings;
    }
    let common = common();
    !words().any(|word| word.may_be_name && !common.contains(&word.stem))
}

/// Whether a statement names what it is about, in the items that both statements share.
fn has_name(items: &Items<'_>, shared: &[usize]) -> bool {
    shared.iter().any(|&place| {
        let is_word = items.items[place].kind == Kind::Word;
        let Some(word) = items
            .word(place)
            .filter(|word| is_word && word.capital && word.is_content())
        else {
            return false;
        };
        // A bare noun in the singular is a name at the beginning too: "Abacus writes", but not "Members may".
        let begins = word.start == items.side().words[0].start;
        let verb = items.folded(place + 1);
        let is_singular = !items.folded(place).ends_with('s') || items.folded(place).ends_with("us");
        let has_singular_verb = is_be(verb)
            || verb == "has"
            || verb.ends_with('s')
            || items
                .items
                .get(place + 1)
                .is_some_and(|item| item.kind == Kind::Not);
        !begins || is_singular && has_singular_verb
    })
}
