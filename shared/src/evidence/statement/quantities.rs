//! Quantities in a text, with their units: `1,024`, `1.5k`, `12 %`, `90 ms`, "twelve". Units of one kind are converted.

use std::ops::RangeInclusive;

use super::dates::Date;
use crate::evidence::{
    side::Side,
    words::numbers::{Currency, Dimension, digits, is_unit, scale, small, tens, unit},
};

/// A quantity: a value with its unit, tolerance and bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    /// The value, in the base unit of its dimension.
    pub(crate) value: f64,
    pub(crate) unit: Unit,
    /// The maximum relative difference between equal values: larger after "about".
    tolerance: f64,
    bound: Bound,
    /// The range of its words, with the unit.
    pub(crate) words: RangeInclusive<usize>,
    /// The last word to show, which says what is counted.
    pub(crate) shown_to: usize,
}

impl Quantity {
    /// Whether the other quantity is the same, or within this one's bound.
    pub(crate) fn is_stated_by(&self, other: &Self) -> bool {
        let same_unit = match (self.unit, other.unit) {
            (Unit::Measure(one), Unit::Measure(other)) => one == other,
            (Unit::Rank, other) | (other, Unit::Rank) => other == Unit::Rank,
            (Unit::Measure(_), Unit::Things(_)) | (Unit::Things(_), Unit::Measure(_)) => false,
            _ => true,
        };
        let off =
            (self.value - other.value).abs() / self.value.abs().max(other.value.abs()).max(f64::MIN_POSITIVE);
        let bounded = match self.bound {
            Bound::Exactly => false,
            Bound::Over => other.value >= self.value && off < 0.4,
            Bound::Under => other.value <= self.value && off < 0.4,
        };
        same_unit && (off <= self.tolerance.max(1e-6) || bounded)
    }

    /// Whether both measure the same thing, so that only one can be right.
    pub(crate) fn competes_with(&self, other: &Self) -> bool {
        match (self.unit, other.unit) {
            (Unit::Bare, Unit::Bare | Unit::Things(_)) | (Unit::Things(_), Unit::Bare) => true,
            (one, other) => one == other,
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A unit of this dimension.
    Measure(Dimension),
    /// Named things, by the stem of the word.
    Things(u32),
    /// A rank: 1st, 26th.
    Rank,
    /// Not stated.
    Bare,
}

/// A bound: "more than" or "less than".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Exactly,
    Over,
    Under,
}

/// The quantities in a text that are not part of a date, in order.
pub(crate) fn quantities(side: Side<'_>, dates: &[Date]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < side.words.len() {
        if let Some(date) = dates.iter().find(|date| date.words.contains(&at)) {
            at = date.words.end() + 1;
            continue;
        }
        match side
            .spelling(at)
            .may_begin_quantity
            .then(|| quantity(side, at))
            .flatten()
        {
            Some(quantity) => {
                at = quantity.words.end() + 1;
                found.push(quantity);
            }
            None => at += 1,
        }
    }
    found
}

/// The quantity that begins at a word, if any.
fn quantity(side: Side<'_>, at: usize) -> Option<Quantity> {
    let word = side.folded(at);
    let (mut value, suffix, mut to) = match digits(word) {
        Some((value, suffix)) => (value, suffix, at),
        None => {
            let (value, to) = number_words(side, at)?;
            (value, "", to)
        }
    };
    let mut scaled = false;
    let mut kind = None;
    match suffix {
        "" => {}
        "st" | "nd" | "rd" | "th" => {
            return Some(Quantity {
                value,
                unit: Unit::Rank,
                tolerance: 0.0,
                bound: Bound::Exactly,
                words: at..=at,
                shown_to: at,
            });
        }
        "k" => (value, scaled) = (value * 1e3, true),
        "bn" | "b" => (value, scaled) = (value * 1e9, true),
        "m" if side.words[at].as_written(side.text).ends_with('M') => (value, scaled) = (value * 1e6, true),
        suffix => kind = Some(unit(suffix)?),
    }
    let touches = |place: usize| {
        matches!(
            side.gap(place),
            " " | "-" | "\u{a0}" | "\n" | "\u{2011}" | "\u{202f}"
        )
    };
    while let Some(scale) = scale(side.folded(to + 1)).filter(|_| touches(to) && kind.is_none()) {
        (value, scaled, to) = (value * scale, true, to + 1);
    }
    let before = &side.text[..side.words[at].start];
    let after = side.text[side.words[to].end..].trim_start();
    let mut things = to;
    let unit = if let Some((kind, factor)) = kind {
        value *= factor;
        Unit::Measure(kind)
    } else if let Some(currency) = before.chars().next_back().and_then(Currency::of_sign) {
        Unit::Measure(Dimension::Money(currency))
    } else if after.starts_with('%') {
        Unit::Measure(Dimension::Share)
    } else if after.starts_with('°') {
        Unit::Measure(Dimension::Temperature)
    } else if side.folded(to + 1) == "per" && side.folded(to + 2) == "cent" {
        to += 2;
        Unit::Measure(Dimension::Share)
    } else if let Some((kind, factor)) = unit(side.folded(to + 1)).filter(|_| touches(to)) {
        to += 1;
        value *= factor;
        Unit::Measure(kind)
    } else {
        // What is counted comes next, or after one word that describes it: "three cold starts".
        let is_thing = |place: &usize| {
            touches(place - 1) && side.words.get(*place).is_some_and(|word| word.is_content())
        };
        let last = (to + 1..to + 3).take_while(is_thing).last();
        things = last.unwrap_or(to);
        last.map_or(Unit::Bare, |place| Unit::Things(side.words[place].stem))
    };
    let shown_to = things.max(to);
    let (bound, is_approximate) = qualifier(side, at);
    let tolerance = match (is_approximate, scaled) {
        (true, _) => 0.12,
        (false, true) => 0.04,
        (false, false) => 1e-6,
    };
    Some(Quantity {
        value,
        unit,
        tolerance,
        bound,
        words: at..=to,
        shown_to,
    })
}

/// A number in words and its last word: "twelve", "twenty-one", "a dozen". "One" counts only before a unit or scale,
/// because it is often a pronoun.
fn number_words(side: Side<'_>, at: usize) -> Option<(f64, usize)> {
    let small = |place: usize| small(side.folded(place));
    let tens = |place: usize| tens(side.folded(place));
    if let Some(ten) = tens(at) {
        if side.gap(at) == "-" {
            let unit = if side.folded(at + 1) == "one" {
                Some(1.0)
            } else {
                small(at + 1)
            };
            if let Some(unit) = unit.filter(|unit| *unit < 10.0) {
                return Some((ten + unit, at + 1));
            }
        }
        return Some((ten, at));
    }
    if let Some(value) = small(at) {
        return Some((value, at));
    }
    match side.folded(at) {
        "one" | "a" | "an" if scale(side.folded(at + 1)).is_some() && side.gap(at) == " " => Some((1.0, at)),
        "one" if is_unit(side.folded(at + 1)) => Some((1.0, at)),
        _ => None,
    }
}

/// The words before a quantity: its bound, and whether it is approximate.
fn qualifier(side: Side<'_>, at: usize) -> (Bound, bool) {
    let back = |steps: usize| at.checked_sub(steps).map_or("", |place| side.folded(place));
    match (back(2), back(1)) {
        ("more" | "greater" | "higher" | "longer" | "larger", "than") | ("at", "least") => {
            (Bound::Over, true)
        }
        ("less" | "fewer" | "lower" | "shorter", "than") | ("at", "most") | ("up", "to") => {
            (Bound::Under, true)
        }
        (_, "over" | "above" | "exceeding") => (Bound::Over, true),
        (_, "under" | "below") => (Bound::Under, true),
        (
            _,
            "about" | "around" | "roughly" | "approximately" | "nearly" | "almost" | "some" | "circa" | "ca"
            | "c",
        ) => (Bound::Exactly, true),
        _ => (
            Bound::Exactly,
            side.text[..side.words[at].start].ends_with(['~', '≈']),
        ),
    }
}
