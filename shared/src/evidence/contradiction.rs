//! Where a claim and the words that are to bear it out do not say the same. Each rule is a file of its own; all are
//! exact about spelling and none guesses what a word means.

mod antonyms;
mod comparatives;
mod dates;
mod effects;
mod names;
mod negation;
mod numbers;

use dates::Date;
use effects::Effect;
use negation::{Cue, Parity};
use numbers::Quantity;

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

/// What the spelling of a word tells the rules, which ask again and again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs {
    is_identifier: bool,
    may_begin_date: bool,
    may_begin_amount: bool,
    cue: Option<Cue>,
    effect: Option<Effect>,
    weekday: Option<u8>,
}

impl Signs {
    /// Of a word as it is written, in lower case, and its stem.
    pub fn of(written: &str, folded: &str, stem: &str) -> Self {
        Self {
            is_identifier: names::is_identifier(written),
            may_begin_date: dates::may_begin(folded),
            may_begin_amount: numbers::may_begin(folded),
            cue: negation::cue(folded),
            effect: effects::effect(stem),
            weekday: dates::weekday(folded),
        }
    }
}

/// What a rule holds against a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// The source says something else in its place.
    Against(String),
    /// The source says nothing of it.
    Missing(String),
}

impl Contradiction {
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

/// What one of the two says of numbers, dates and denials: read once, however many texts it is compared with.
#[derive(Debug, Clone)]
pub struct Stated<'a> {
    side: Side<'a>,
    parities: Vec<Parity>,
    negates: bool,
    dates: Vec<Date>,
    quantities: Vec<Quantity>,
}

impl<'a> Stated<'a> {
    /// Reads a text.
    pub fn of(side: Side<'a>) -> Self {
        let dates = dates::dates(side);
        Self {
            side,
            parities: negation::parities(side),
            negates: negation::negates(side),
            quantities: numbers::quantities(side, &dates),
            dates,
        }
    }

    /// What was read.
    pub fn side(&self) -> Side<'a> {
        self.side
    }
}

/// Everything the rules hold against the claim. `context` has the stems of what stands over and before the span.
pub fn contradictions(claim: &Stated<'_>, span: Side<'_>, context: &[u32]) -> Vec<Contradiction> {
    let mut contradictions = facts(claim, span, context);
    contradictions.extend(names::contradictions(claim.side, span, context));
    contradictions
}

/// The rules that do not depend on who is named: numbers, dates, negation, opposites and order.
pub fn facts(claim: &Stated<'_>, span: Side<'_>, context: &[u32]) -> Vec<Contradiction> {
    let told = Stated::of(span);
    let mut contradictions = plain(claim, &told, context);
    let compared = comparatives::contradictions(claim.side, span);
    let is_compared = compared.is_some();
    contradictions.extend(compared.flatten());
    contradictions.extend(comparatives::exchanged(claim.side, span));
    if !is_compared {
        contradictions.extend(antonyms::contradictions(claim, &told));
        contradictions.extend(effects::contradictions(claim, &told));
    }
    contradictions
}

/// The rules that any two sentences about the same thing can be held against: numbers, dates and negation.
pub fn plain(claim: &Stated<'_>, span: &Stated<'_>, context: &[u32]) -> Vec<Contradiction> {
    let mut contradictions = dates::contradictions(claim, span, context);
    contradictions.extend(numbers::contradictions(claim, span));
    contradictions.extend(negation::contradictions(claim, span));
    contradictions
}

/// Whether the two tell of different times.
pub fn times_differ(one: &Stated<'_>, other: &Stated<'_>) -> bool {
    dates::contradictions(one, other, &[])
        .iter()
        .any(Contradiction::is_against)
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

    fn signs(&self, place: usize) -> Signs {
        let word = self.words.get(place);
        word.map_or_else(Signs::default, |word| self.lexicon.signs(word))
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
