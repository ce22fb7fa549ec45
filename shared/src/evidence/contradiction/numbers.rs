//! Numbers with their units: `1,024`, `1.5k`, `12 %`, `90 ms`, "twelve". Units of one kind are converted.

use std::ops::RangeInclusive;

use super::{Contradiction, Side, Stated, dates::Date};

/// An amount.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    /// In the base unit of its kind.
    value: f64,
    unit: Unit,
    /// How far a value may be off, as a share: more where the claim says "about".
    tolerance: f64,
    bound: Bound,
    words: RangeInclusive<usize>,
    /// The last word that tells what is counted.
    shown_to: usize,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// A unit of measure of this kind.
    Of(Kind),
    /// Things that are named: the stem of the word.
    Things(u32),
    /// A rank: 1st, 26th.
    Rank,
    /// Not told.
    Bare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Time,
    Months,
    Bytes,
    Share,
    Length,
    Mass,
    Temperature,
    Money,
    Power,
}

/// "More than" and "less than".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Exactly,
    Over,
    Under,
}

/// The kind of a unit, and how many of the base unit it has: seconds, bytes, metres, grams, months.
fn unit(word: &str) -> Option<(Kind, f64)> {
    Some(match word {
        "ns" | "nanosecond" | "nanoseconds" => (Kind::Time, 1e-9),
        "µs" | "μs" | "us" | "microsecond" | "microseconds" => (Kind::Time, 1e-6),
        "ms" | "msec" | "millisecond" | "milliseconds" => (Kind::Time, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => (Kind::Time, 1.0),
        "min" | "mins" | "minute" | "minutes" => (Kind::Time, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Kind::Time, 3_600.0),
        "day" | "days" => (Kind::Time, 86_400.0),
        "week" | "weeks" | "wk" => (Kind::Time, 604_800.0),
        "month" | "months" => (Kind::Months, 1.0),
        "year" | "years" | "yr" | "yrs" => (Kind::Months, 12.0),
        "decade" | "decades" => (Kind::Months, 120.0),
        "century" | "centuries" => (Kind::Months, 1_200.0),
        "byte" | "bytes" => (Kind::Bytes, 1.0),
        "kb" | "kilobyte" | "kilobytes" => (Kind::Bytes, 1e3),
        "mb" | "megabyte" | "megabytes" => (Kind::Bytes, 1e6),
        "gb" | "gigabyte" | "gigabytes" => (Kind::Bytes, 1e9),
        "tb" | "terabyte" | "terabytes" => (Kind::Bytes, 1e12),
        "kib" => (Kind::Bytes, 1_024.0),
        "mib" => (Kind::Bytes, 1_048_576.0),
        "gib" => (Kind::Bytes, 1_073_741_824.0),
        "percent" | "pct" | "percentage" => (Kind::Share, 1.0),
        "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" => (Kind::Length, 1e-3),
        "cm" | "centimetre" | "centimetres" | "centimeter" | "centimeters" => (Kind::Length, 1e-2),
        "m" | "metre" | "metres" | "meter" | "meters" => (Kind::Length, 1.0),
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => (Kind::Length, 1e3),
        "mile" | "miles" => (Kind::Length, 1_609.344),
        "foot" | "feet" | "ft" => (Kind::Length, 0.3048),
        "inch" | "inches" => (Kind::Length, 0.0254),
        "mg" | "milligram" | "milligrams" => (Kind::Mass, 1e-3),
        "g" | "gram" | "grams" => (Kind::Mass, 1.0),
        "kg" | "kilogram" | "kilograms" | "kilo" | "kilos" => (Kind::Mass, 1e3),
        "ton" | "tons" | "tonne" | "tonnes" => (Kind::Mass, 1e6),
        "lb" | "lbs" | "pound" | "pounds" => (Kind::Mass, 453.592),
        "degree" | "degrees" | "celsius" | "°c" => (Kind::Temperature, 1.0),
        "dollar" | "dollars" | "usd" | "euro" | "euros" | "eur" => (Kind::Money, 1.0),
        "w" | "watt" | "watts" => (Kind::Power, 1.0),
        "kw" | "kilowatt" | "kilowatts" => (Kind::Power, 1e3),
        "mw" | "megawatt" | "megawatts" => (Kind::Power, 1e6),
        "gw" | "gigawatt" | "gigawatts" => (Kind::Power, 1e9),
        _ => return None,
    })
}

pub(super) fn is_unit(word: &str) -> bool {
    unit(word).is_some()
}

/// Every amount of a text that is not part of a date.
pub(super) fn quantities(side: Side<'_>, dates: &[Date]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < side.words.len() {
        if let Some(date) = dates.iter().find(|date| date.words.contains(&at)) {
            at = date.words.end() + 1;
            continue;
        }
        match side
            .signs(at)
            .may_begin_amount
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

/// Whether a folded word can be the first of an amount.
pub(super) fn may_begin(folded: &str) -> bool {
    digits(folded).is_some() || is_number_word(folded) || matches!(folded, "one" | "a" | "an")
}

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
        "m" if side.words[at].of(side.text).ends_with('M') => (value, scaled) = (value * 1e6, true),
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
        Unit::Of(kind)
    } else if before.ends_with(['$', '€', '£']) {
        Unit::Of(Kind::Money)
    } else if after.starts_with('%') {
        Unit::Of(Kind::Share)
    } else if after.starts_with('°') {
        Unit::Of(Kind::Temperature)
    } else if side.folded(to + 1) == "per" && side.folded(to + 2) == "cent" {
        to += 2;
        Unit::Of(Kind::Share)
    } else if let Some((kind, factor)) = unit(side.folded(to + 1)).filter(|_| touches(to)) {
        to += 1;
        value *= factor;
        Unit::Of(kind)
    } else {
        // What is counted stands next, or after one word that tells more of it: "three cold starts".
        let is_thing = |place: &usize| {
            touches(place - 1) && side.words.get(*place).is_some_and(|word| word.is_content())
        };
        let last = (to + 1..to + 3).take_while(is_thing).last();
        things = last.unwrap_or(to);
        last.map_or(Unit::Bare, |place| Unit::Things(side.words[place].stem))
    };
    let shown_to = things.max(to);
    let (bound, about) = qualifier(side, at);
    let tolerance = match (about, scaled) {
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

/// The number that a word begins with, and the letters after it. Versions, times of day and names are none.
fn digits(word: &str) -> Option<(f64, &str)> {
    let end = word
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .unwrap_or(word.len());
    let (number, suffix) = word.split_at(end);
    if number.is_empty() || number.matches('.').count() > 1 || !suffix.chars().all(char::is_alphabetic) {
        return None;
    }
    let value: f64 = number.replace(',', "").parse().ok()?;
    Some((value, suffix))
}

/// "twelve", "twenty-one", "a dozen". "One" counts only before a unit, for it often stands for a thing.
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

/// Whether a word is a number, or a part of one.
pub(super) fn is_number_word(word: &str) -> bool {
    small(word).is_some() || tens(word).is_some() || scale(word).is_some()
}

fn small(word: &str) -> Option<f64> {
    Some(match word {
        "two" | "twice" => 2.0,
        "three" | "thrice" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "eleven" => 11.0,
        "twelve" | "dozen" => 12.0,
        "thirteen" => 13.0,
        "fourteen" => 14.0,
        "fifteen" => 15.0,
        "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        _ => return None,
    })
}

fn tens(word: &str) -> Option<f64> {
    Some(match word {
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" | "bn" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}

/// What stands before an amount: whether it is a bound, and whether it is about.
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

impl Quantity {
    fn is_told_by(&self, other: &Self) -> bool {
        let same_unit = match (self.unit, other.unit) {
            (Unit::Of(one), Unit::Of(other)) => one == other,
            (Unit::Rank, other) | (other, Unit::Rank) => other == Unit::Rank,
            (Unit::Of(_), Unit::Things(_)) | (Unit::Things(_), Unit::Of(_)) => false,
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

    /// Whether the other stands for the same thing, so that only one can be right.
    fn is_in_the_place_of(&self, other: &Self) -> bool {
        match (self.unit, other.unit) {
            (Unit::Bare, Unit::Bare | Unit::Things(_)) | (Unit::Things(_), Unit::Bare) => true,
            (one, other) => one == other,
        }
    }
}

/// Amounts of the claim that the span does not have.
pub(super) fn contradictions(claim: &Stated<'_>, span: &Stated<'_>) -> Vec<Contradiction> {
    let (claimed, told) = (&claim.quantities, &span.quantities);
    let (claim, span) = (claim.side, span.side);
    let mut contradictions = Vec::new();
    for quantity in claimed {
        let literal = claim.words[quantity.words.clone()]
            .iter()
            .any(|word| word.of(claim.text).starts_with(|c: char| c.is_ascii_digit()) && span.has(word.stem));
        if told.iter().any(|other| quantity.is_told_by(other))
            || literal && !told.iter().any(|other| quantity.unit == other.unit)
        {
            continue;
        }
        let here = claim.shown(*quantity.words.start(), quantity.shown_to);
        let other = told.iter().find(|other| {
            quantity.is_in_the_place_of(other) && !claimed.iter().any(|claimed| claimed.is_told_by(other))
        });
        contradictions.push(match other {
            Some(other) => {
                let there = span.shown(*other.words.start(), other.shown_to);
                Contradiction::Against(format!("the source says {there}, not {here}"))
            }
            None => Contradiction::Missing(format!("the source does not say {here}")),
        });
    }
    contradictions.extend(turned_round(claim, span, claimed, told));
    contradictions
}

/// "From 840 to 96" against "from 96 to 840".
fn turned_round(
    claim: Side<'_>,
    span: Side<'_>,
    claimed: &[Quantity],
    told: &[Quantity],
) -> Option<Contradiction> {
    fn from_to<'a>(side: Side<'_>, quantities: &'a [Quantity]) -> Option<(&'a Quantity, &'a Quantity)> {
        let pair = quantities.windows(2).find(|pair| {
            let between = pair[0].words.end() + 1;
            side.folded(between) == "to" && between + 1 == *pair[1].words.start()
        })?;
        Some((&pair[0], &pair[1]))
    }
    let (first, last) = from_to(claim, claimed)?;
    let (told_first, told_last) = from_to(span, told)?;
    let same = |one: &Quantity, other: &Quantity| (one.value - other.value).abs() <= 1e-6 * one.value.abs();
    (same(first, told_last) && same(last, told_first) && !same(first, last)).then(|| {
        let there = span.shown(*told_first.words.start(), *told_last.words.end());
        Contradiction::Against(format!("the source says from {there}, not the other way round"))
    })
}
