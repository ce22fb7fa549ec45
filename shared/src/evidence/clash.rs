//! Where a claim and the words that are to bear it out do not say the same. Each rule is a file of its own; all are
//! exact about spelling and none guesses what a word means.

mod antonyms;
mod comparatives;
mod dates;
mod effects;
mod names;
mod negation;
mod numbers;

pub use effects::Effect;
use negation::Parity;

use super::words::{Lexicon, Word};

/// One text of the two that are compared: a claim, or a span of a source.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The whole text that the words are in.
    pub text: &'a str,
    /// The words of this side, in order.
    pub words: &'a [Word],
    /// Where the words are interned; both sides share one.
    pub lexicon: &'a Lexicon,
}

/// What a rule holds against a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// The source says something else in its place.
    Against(String),
    /// The source says nothing of it.
    Missing(String),
}

impl Clash {
    /// Whether the source says otherwise.
    pub fn is_against(&self) -> bool {
        matches!(self, Self::Against(_))
    }

    /// Why, for a reader.
    pub fn reason(&self) -> &str {
        match self {
            Self::Against(reason) | Self::Missing(reason) => reason,
        }
    }
}

/// Everything the rules hold against the claim. `context` has the stems of what stands over and before the span.
pub fn clashes(claim: Side<'_>, span: Side<'_>, context: &[u32]) -> Vec<Clash> {
    let mut clashes = facts(claim, span, context);
    clashes.extend(names::clashes(claim, span, context));
    clashes
}

/// The rules that do not depend on who is named: numbers, dates, negation, opposites and order.
pub fn facts(claim: Side<'_>, span: Side<'_>, context: &[u32]) -> Vec<Clash> {
    let parities = (negation::parities(claim), negation::parities(span));
    let mut clashes = of_any(claim, span, context, &parities);
    let compared = comparatives::clashes(claim, span);
    let is_compared = compared.is_some();
    clashes.extend(compared.flatten());
    clashes.extend(comparatives::exchanged(claim, span));
    if !is_compared {
        clashes.extend(antonyms::clashes(claim, span, &parities.0, &parities.1));
        clashes.extend(effects::clashes(claim, span, &parities.0, &parities.1));
    }
    clashes
}

/// The rules that any two sentences about the same thing can be held against: numbers, dates and negation.
pub fn plain(claim: Side<'_>, span: Side<'_>, context: &[u32]) -> Vec<Clash> {
    let parities = (negation::parities(claim), negation::parities(span));
    of_any(claim, span, context, &parities)
}

fn of_any(
    claim: Side<'_>,
    span: Side<'_>,
    context: &[u32],
    parities: &(Vec<Parity>, Vec<Parity>),
) -> Vec<Clash> {
    let (claim_dates, span_dates) = (dates::dates(claim), dates::dates(span));
    let mut clashes = dates::clashes(claim, span, &claim_dates, &span_dates, context);
    let claimed = numbers::quantities(claim, &claim_dates);
    let told = numbers::quantities(span, &span_dates);
    clashes.extend(numbers::clashes(claim, span, &claimed, &told));
    clashes.extend(negation::clashes(claim, span, &parities.0, &parities.1));
    clashes
}

/// Whether the two tell of different times.
pub fn times_differ(one: Side<'_>, other: Side<'_>) -> bool {
    let clashes = dates::clashes(one, other, &dates::dates(one), &dates::dates(other), &[]);
    clashes.iter().any(Clash::is_against)
}

/// Whether a word of the claim has its opposite in the span, which then carries it as far as words go.
pub fn has_opposite(claim: Side<'_>, word: &Word, span: Side<'_>) -> bool {
    antonyms::opposite_in(claim, word, span).is_some()
}

/// The stems of the opposites of a stem.
pub fn opposites(stem: &str) -> &'static [&'static str] {
    antonyms::opposites(stem)
}

/// What is left of a folded word without a prefix that may turn it round.
pub fn roots(folded: &str) -> impl Iterator<Item = &str> {
    antonyms::roots(folded)
}

/// What a word with this stem says of effects.
pub fn effect(stem: &str) -> Option<Effect> {
    effects::effect(stem)
}

/// Whether the word at a place turns others round: "not", "never", "without".
pub fn negates(side: Side<'_>, place: usize) -> bool {
    negation::is_cue(side, place)
}

/// Whether a folded word is a unit, a number or a month: the rules compare those, in whatever form they are written.
pub fn is_measure(word: &str) -> bool {
    numbers::is_unit(word) || numbers::is_number_word(word) || dates::is_month(word)
}

impl<'a> Side<'a> {
    /// The word at a place in lower case; empty beyond the end.
    fn folded(&self, place: usize) -> &'a str {
        self.words.get(place).map_or("", |word| self.lexicon.folded(word))
    }

    /// What stands between two neighbouring words.
    fn gap(&self, place: usize) -> &'a str {
        match (self.words.get(place), self.words.get(place + 1)) {
            (Some(word), Some(next)) => self.text.get(word.end..next.start).unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether a clause ends after a word.
    fn clause_ends(&self, place: usize) -> bool {
        place + 1 >= self.words.len()
            || self.gap(place).contains([
                ',', ';', ':', '.', '!', '?', '(', ')', '\u{2013}', '\u{2014}', '。', '，',
            ])
    }

    fn has(&self, stem: u32) -> bool {
        self.words.iter().any(|word| word.stem == stem)
    }

    /// The words from one place to another as they are written, on one line.
    fn shown(&self, from: usize, to: usize) -> String {
        let (Some(first), Some(last)) = (self.words.get(from), self.words.get(to)) else {
            return String::new();
        };
        let text = self.text.get(first.start..last.end).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
