//! Disagreements between sources: statements of different documents that give different values to one attribute of one
//! thing, where the question asks for that attribute. Precision comes before recall: two statements must be equal but
//! for the value.

mod asked;
mod difference;
mod items;
mod lists;
mod prose;
mod sides;
mod subject;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
};

use asked::Questions;
use difference::{Difference, difference};
use items::{Items, Kind};
use sides::Side as StatedSide;
use subject::{Headings, common_words};

use super::{
    sentences::sentences,
    side::Side,
    words::{Lexicon, Word},
};
use crate::domain::{Citation, Disagreement, DocumentId, Passage};

/// Maximum number of disagreements reported.
const MAX_REPORTED: usize = 10;
/// Maximum number of words in a subject.
const SUBJECT_WORDS: usize = 6;

/// A disagreement about what a question asks for, with what each side states.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// What the sources disagree about, with a whole sentence of each side.
    pub disagreement: Disagreement,
    sides: Vec<StatedSide>,
}

impl Conflict {
    /// The quotations of the sides that a text leaves out, if it states at least one side.
    pub fn left_out(&self, text: &str) -> Vec<&Citation> {
        let stated: Vec<bool> = self.sides.iter().map(|side| side.is_stated_in(text)).collect();
        if !stated.contains(&true) {
            return Vec::new();
        }
        let sides = self.disagreement.citations.iter().zip(stated);
        sides
            .filter(|(_, is_stated)| !is_stated)
            .map(|(citation, _)| citation)
            .collect()
    }
}

/// The disagreements between passages about what a question or one of its parts asks for. Source `n` is
/// `passages[n - 1]`; each side is quoted once.
pub fn conflicts<'a>(questions: impl IntoIterator<Item = &'a str>, passages: &[Passage]) -> Vec<Conflict> {
    let mut lexicon = Lexicon::default();
    let questions = Questions::read(&mut lexicon, questions);
    let headings: Vec<Headings> = passages
        .iter()
        .map(|passage| Headings::read(&mut lexicon, passage))
        .collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut by_text: HashMap<&str, Option<usize>> = HashMap::new();
    for (source, passage) in passages.iter().enumerate() {
        if !questions.may_be_mentioned_in(&passage.text) {
            continue;
        }
        for range in sentences(&passage.text) {
            let sentence = &passage.text[range.clone()];
            if !questions.may_be_mentioned_in(sentence) {
                continue;
            }
            let known = by_text.entry(sentence).or_insert_with(|| {
                let candidate = Candidate::read(&mut lexicon, source, range, sentence)?;
                candidates.push(candidate);
                Some(candidates.len() - 1)
            });
            if let Some(place) = *known {
                candidates[place].documents.insert(&passage.id.document);
            }
        }
    }
    let items: Vec<Items<'_>> = candidates
        .iter()
        .map(|candidate| candidate.items(&lexicon))
        .collect();
    let comparison = Comparison {
        passages,
        candidates: &candidates,
        items,
        headings,
        questions,
    };
    comparison.conflicts()
}

/// A statement that may have a word of the question.
struct Candidate<'a> {
    /// The first passage with it, from 0.
    source: usize,
    /// Its bytes in the passage.
    range: Range<usize>,
    /// The documents that have it.
    documents: BTreeSet<&'a DocumentId>,
    /// Its words without markup.
    text: String,
    words: Vec<Word>,
}

impl Candidate<'_> {
    /// Reads a sentence; `None` if it is no statement.
    fn read(lexicon: &mut Lexicon, source: usize, range: Range<usize>, sentence: &str) -> Option<Self> {
        let text = prose::statement(sentence)?;
        let words = lexicon.read(&text, 0..text.len());
        Some(Self {
            source,
            range,
            documents: BTreeSet::new(),
            text,
            words,
        })
    }

    fn items<'a>(&'a self, lexicon: &'a Lexicon) -> Items<'a> {
        Items::read(Side {
            text: &self.text,
            words: &self.words,
            lexicon,
        })
    }
}

/// The statements of all passages that are compared with one another.
struct Comparison<'a> {
    passages: &'a [Passage],
    candidates: &'a [Candidate<'a>],
    items: Vec<Items<'a>>,
    headings: Vec<Headings>,
    questions: Questions,
}

impl Comparison<'_> {
    fn conflicts(&self) -> Vec<Conflict> {
        let mut across: Vec<(usize, usize, Difference)> = Vec::new();
        // A document that states two values itself lists alternatives.
        let mut alternatives = HashSet::new();
        for (one, other) in self.pairs() {
            let Some(difference) = difference(&self.items[one], &self.items[other]) else {
                continue;
            };
            let [documents, others] = [one, other].map(|place| &self.candidates[place].documents);
            if !documents.is_disjoint(others) {
                alternatives.extend([one, other]);
            } else {
                across.push((one, other, difference));
            }
        }
        let mut groups: Vec<(Vec<usize>, Conflict)> = Vec::new();
        for (one, other, difference) in across {
            let is_alternative = [one, other].iter().any(|place| alternatives.contains(place));
            if is_alternative || !self.is_asked_of_one_thing(one, other, &difference) {
                continue;
            }
            let group = groups
                .iter()
                .position(|(members, _)| members.iter().any(|&member| self.say_the_same(member, one)));
            let (members, conflict) = match group {
                Some(group) => &mut groups[group],
                None if groups.len() == MAX_REPORTED => continue,
                None => {
                    groups.push((vec![one], self.conflict(one, &difference)));
                    match groups.last_mut() {
                        Some(group) => group,
                        None => continue,
                    }
                }
            };
            if !members.iter().any(|&member| self.say_the_same(member, other)) {
                members.push(other);
                conflict.disagreement.citations.push(self.citation(other));
                conflict.sides.push(self.side(one, other, &difference, 1));
            }
        }
        groups.into_iter().map(|(_, conflict)| conflict).collect()
    }

    /// The pairs of statements that begin or end alike, in order.
    fn pairs(&self) -> BTreeSet<(usize, usize)> {
        let mut alike: HashMap<(bool, u32), Vec<usize>> = HashMap::new();
        for (place, items) in self.items.iter().enumerate() {
            let last = items.items.len().saturating_sub(1);
            for (is_last, item) in [(false, 0), (true, last)] {
                if items.items.get(item).is_some_and(|item| item.kind == Kind::Word)
                    && let Some(word) = items.word(item)
                {
                    alike.entry((is_last, word.stem)).or_default().push(place);
                }
            }
        }
        let mut pairs = BTreeSet::new();
        for places in alike.values() {
            for (number, &one) in places.iter().enumerate() {
                pairs.extend(places[number + 1..].iter().map(|&other| (one, other)));
            }
        }
        pairs
    }

    fn is_asked_of_one_thing(&self, one: usize, other: usize, difference: &Difference) -> bool {
        let headings = [one, other].map(|place| &self.headings[self.candidates[place].source]);
        let words = self.candidates.iter().flat_map(|candidate| &candidate.words);
        self.questions.ask_for(difference, &self.items[one], headings)
            && subject::is_same(
                &difference.shared,
                (&self.items[one], headings[0]),
                (&self.items[other], headings[1]),
                || common_words(words),
                |stem| self.questions.has(stem),
            )
    }

    /// Whether two statements are equal, item by item.
    fn say_the_same(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.items[one], &self.items[other]);
        let length = one.items.len();
        length == other.items.len() && (0..length).all(|place| one.equals(place, other, place))
    }

    /// A conflict with its first side only.
    fn conflict(&self, one: usize, difference: &Difference) -> Conflict {
        let items = &self.items[one];
        let shared = difference.shared.iter().filter(|place| items.is_content(**place));
        let words = shared.filter_map(|place| items.word(*place)).take(SUBJECT_WORDS);
        let words: Vec<&str> = words.map(|word| word.as_written(items.side().text)).collect();
        Conflict {
            disagreement: Disagreement {
                subject: words.join(" "),
                citations: vec![self.citation(one)],
            },
            sides: vec![self.side(one, one, difference, 0)],
        }
    }

    /// What a statement states; `one` is the first of the two that were compared.
    fn side(&self, one: usize, place: usize, difference: &Difference, number: usize) -> StatedSide {
        let (first, items) = (&self.items[one], &self.items[place]);
        let attribute = difference
            .shared
            .iter()
            .filter(|shared| first.is_content(**shared));
        let words = attribute.filter_map(|shared| first.word(*shared));
        StatedSide {
            attribute: words
                .map(|word| word.as_written(first.side().text).to_owned())
                .collect(),
            value: items.shown(&difference.values[number]),
            is_negated: items.items.iter().any(|item| item.kind == Kind::Not),
        }
    }

    fn citation(&self, place: usize) -> Citation {
        let Candidate { source, range, .. } = &self.candidates[place];
        self.passages[*source].citation(source + 1, range.clone())
    }
}
