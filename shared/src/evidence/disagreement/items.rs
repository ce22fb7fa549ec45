//! A statement as a list of items that are compared one by one: words, quantities, dates, times of day and negations.
//! Determiners are left out.

use std::ops::Range;

use super::lists::{is_auxiliary, is_determiner, is_verb};
use crate::evidence::{
    side::Side,
    statement::{
        Statement, negation,
        quantities::{Quantity, Unit},
    },
    words::{Word, numbers::Dimension},
};

/// The minutes of half a day.
const HALF_DAY: u16 = 720;
const SECONDS_PER_DAY: f64 = 86_400.0;
const DAYS_PER_MONTH: f64 = 30.44;
/// How far apart, as a share, durations in days and in months must be to differ.
const MONTH_TOLERANCE: f64 = 0.05;

/// One item of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word.
    Word,
    /// A quantity, by its number in the statement.
    Quantity(usize),
    /// A date, by its number in the statement.
    Date(usize),
    /// A time of day.
    Time(TimeOfDay),
    /// A negation.
    Not,
}

/// A time of day in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    minutes: u16,
    /// Whether it may be in either half of the day: "at 8".
    is_ambiguous: bool,
}

/// An item with its words.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// The places of its words in the statement.
    pub(super) words: Range<usize>,
}

/// A statement with its items.
#[derive(Debug, Clone)]
pub(super) struct Items<'a> {
    pub(super) statement: Statement<'a>,
    pub(super) items: Vec<Item>,
}

impl TimeOfDay {
    fn differs_from(self, other: Self) -> bool {
        if self.is_ambiguous || other.is_ambiguous {
            self.minutes % HALF_DAY != other.minutes % HALF_DAY
        } else {
            self.minutes != other.minutes
        }
    }
}

impl<'a> Items<'a> {
    /// Reads the items of a statement.
    pub(super) fn read(side: Side<'a>) -> Self {
        let statement = Statement::parse(side);
        let mut items: Vec<Item> = Vec::with_capacity(side.words.len());
        let mut at = 0;
        while at < side.words.len() {
            let item = item(&statement, at);
            at = item.words.end;
            if !(item.kind == Kind::Word && is_determiner(side.folded(item.words.start))) {
                items.push(item);
            }
        }
        Self {
            statement: statement.clone(),
            items: without_do(side, items),
        }
    }

    pub(super) fn side(&self) -> Side<'a> {
        self.statement.side()
    }

    /// The words of some items as they are written.
    pub(super) fn shown(&self, places: &Range<usize>) -> String {
        let items = self.items.get(places.clone()).unwrap_or_default();
        match (items.first(), items.last()) {
            (Some(first), Some(last)) => {
                let words = &self.side().words[first.words.start..last.words.end];
                let (Some(from), Some(to)) = (words.first(), words.last()) else {
                    return String::new();
                };
                // The sign before or after a number belongs to it: "$20", "5%".
                let text = self.side().text;
                let before = text[..from.start].ends_with(['$', '€', '£']);
                let after = text[to.end..].starts_with('%');
                let sign = text[..from.start].chars().next_back().map_or(0, char::len_utf8);
                text[from.start - usize::from(before) * sign..to.end + usize::from(after)].to_owned()
            }
            _ => String::new(),
        }
    }

    /// The word of an item in lower case; empty for a quantity, a date or a time, and beyond the ends.
    pub(super) fn folded(&self, place: usize) -> &'a str {
        match self.items.get(place) {
            Some(Item {
                kind: Kind::Word,
                words,
            }) => self.side().folded(words.start),
            _ => "",
        }
    }

    /// The word of an item before a place; empty if there is none.
    pub(super) fn before(&self, place: usize, steps: usize) -> &'a str {
        place.checked_sub(steps).map_or("", |place| self.folded(place))
    }

    /// The first word of an item.
    pub(super) fn word(&self, place: usize) -> Option<&'a Word> {
        let item = self.items.get(place)?;
        self.side().words.get(item.words.start)
    }

    /// The word that stands before an item in the text, a determiner included.
    pub(super) fn written_before(&self, place: usize) -> &'a str {
        let item = self.items.get(place);
        let before = item.and_then(|item| item.words.start.checked_sub(1));
        before.map_or("", |before| self.side().folded(before))
    }

    /// Whether a clause ends after an item.
    pub(super) fn clause_ends(&self, place: usize) -> bool {
        self.items
            .get(place)
            .is_none_or(|item| self.side().clause_ends(item.words.end - 1))
    }

    /// Whether an item is a content word.
    pub(super) fn is_content(&self, place: usize) -> bool {
        self.items.get(place).is_some_and(|item| item.kind == Kind::Word)
            && self.word(place).is_some_and(Word::is_content)
    }

    /// Whether an item is a content word that directly follows the item before it.
    pub(super) fn continues_phrase(&self, place: usize) -> bool {
        let follows = place.checked_sub(1).is_some_and(|before| {
            let (Some(before), Some(item)) = (self.items.get(before), self.items.get(place)) else {
                return false;
            };
            before.words.end == item.words.start
        });
        follows && self.is_content(place) && !self.clause_ends(place - 1) && !is_verb(self.folded(place))
    }

    /// Whether a verb that is known by its form stands before an item, the first item aside.
    pub(super) fn has_verb_before(&self, place: usize) -> bool {
        (1..place.min(self.items.len())).any(|place| {
            let folded = self.folded(place);
            let is_capital = self.word(place).is_some_and(|word| word.capital);
            let is_inflected = folded.len() > 3 && (folded.ends_with('s') || folded.ends_with("ed"));
            is_auxiliary(folded) || is_verb(folded) || is_inflected && !is_capital
        })
    }

    /// Whether an item equals one of another statement: the same word but for a plural, or the same value.
    pub(super) fn equals(&self, place: usize, other: &Self, there: usize) -> bool {
        let (Some(one), Some(two)) = (self.items.get(place), other.items.get(there)) else {
            return false;
        };
        match (one.kind, two.kind) {
            (Kind::Word, Kind::Word) => {
                let (one, two) = (self.folded(place), other.folded(there));
                one == two || are_synonyms(one, two) || are_forms(one, two)
            }
            (Kind::Quantity(one), Kind::Quantity(two)) => {
                let (one, two) = (&self.statement.quantities[one], &other.statement.quantities[two]);
                one.is_stated_by(two) && two.is_stated_by(one)
            }
            (Kind::Date(one), Kind::Date(two)) => {
                let (one, two) = (&self.statement.dates[one], &other.statement.dates[two]);
                !one.differs_from(two)
            }
            (Kind::Time(one), Kind::Time(two)) => !one.differs_from(two),
            (Kind::Not, Kind::Not) => true,
            _ => false,
        }
    }

    /// Whether two words have one stem: "caches" and "cache".
    pub(super) fn has_stem_of(&self, place: usize, other: &Self, there: usize) -> bool {
        let stem = |items: &Self, place| items.word(place).map(|word| word.stem);
        self.is_content(place) && stem(self, place) == stem(other, there)
    }

    /// Whether a quantity, date or time has another value than one of another statement that measures the same.
    pub(super) fn differs_in_value(&self, place: usize, other: &Self, there: usize) -> bool {
        let (Some(one), Some(two)) = (self.items.get(place), other.items.get(there)) else {
            return false;
        };
        match (one.kind, two.kind) {
            (Kind::Quantity(one), Kind::Quantity(two)) => {
                let (one, two) = (&self.statement.quantities[one], &other.statement.quantities[two]);
                match (in_days(one), in_days(two)) {
                    (Some(days), Some(other)) if one.unit != two.unit => {
                        (days - other).abs() > MONTH_TOLERANCE * days.max(other)
                    }
                    _ => one.competes_with(two) && !one.is_stated_by(two) && !two.is_stated_by(one),
                }
            }
            (Kind::Date(one), Kind::Date(two)) => {
                self.statement.dates[one].differs_from(&other.statement.dates[two])
            }
            (Kind::Time(one), Kind::Time(two)) => one.differs_from(two),
            _ => false,
        }
    }
}

/// The days of a duration.
fn in_days(quantity: &Quantity) -> Option<f64> {
    match quantity.unit {
        Unit::Measure(Dimension::Time) => Some(quantity.value / SECONDS_PER_DAY),
        Unit::Measure(Dimension::Months) => Some(quantity.value * DAYS_PER_MONTH),
        _ => None,
    }
}

/// The item that begins at a word.
fn item(statement: &Statement<'_>, at: usize) -> Item {
    let side = statement.side();
    if let Some((time, end)) = time_of_day(side, at) {
        return Item {
            kind: Kind::Time(time),
            words: at..end,
        };
    }
    let date = statement.dates.iter().position(|date| *date.words.start() == at);
    if let Some(number) = date {
        return Item {
            kind: Kind::Date(number),
            words: at..statement.dates[number].words.end() + 1,
        };
    }
    let quantity = statement
        .quantities
        .iter()
        .position(|quantity| *quantity.words.start() == at);
    if let Some(number) = quantity {
        return Item {
            kind: Kind::Quantity(number),
            words: at..statement.quantities[number].words.end() + 1,
        };
    }
    let is_not = matches!(side.folded(at), "not" | "never" | "no" | "cannot") && negation::is_cue(side, at)
        || side.folded(at).ends_with("n't");
    Item {
        kind: if is_not { Kind::Not } else { Kind::Word },
        words: at..at + 1,
    }
}

/// The time of day that begins at a word, and the word after it: `18:00`, `9 am`, "noon", "at 8".
fn time_of_day(side: Side<'_>, at: usize) -> Option<(TimeOfDay, usize)> {
    let word = side.folded(at);
    let exactly = |minutes| TimeOfDay {
        minutes,
        is_ambiguous: false,
    };
    match word {
        "noon" => return Some((exactly(HALF_DAY), at + 1)),
        "midnight" => return Some((exactly(0), at + 1)),
        _ => {}
    }
    let bare = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let half = match &word[bare.len()..] {
        "" => half_of_day(side.folded(at + 1)),
        suffix => Some(half_of_day(suffix)?),
    };
    let end = at + 1 + usize::from(half.is_some() && bare.len() == word.len());
    let (hours, minutes) = match bare.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes.parse().ok()?),
        Some(_) => return None,
        None => (bare, 0),
    };
    let hours: u16 = hours.parse().ok().filter(|hours| *hours <= 24)?;
    let is_hour = at > 0 && side.folded(at - 1) == "at" && side.clause_ends(at);
    if half.is_none() && !bare.contains(':') && !is_hour || minutes > 59 {
        return None;
    }
    let time = match half {
        Some(half) => exactly(hours % 12 * 60 + minutes + half),
        None => TimeOfDay {
            minutes: hours * 60 + minutes,
            is_ambiguous: hours <= 12 && !bare.contains(':'),
        },
    };
    Some((time, end))
}

/// The minutes that a half of the day begins after midnight.
fn half_of_day(word: &str) -> Option<u16> {
    match word {
        "am" | "a.m" => Some(0),
        "pm" | "p.m" => Some(HALF_DAY),
        _ => None,
    }
}

/// Leaves out the auxiliary of a negation: "does not cache" is "not cache".
fn without_do(side: Side<'_>, mut items: Vec<Item>) -> Vec<Item> {
    let negates: Vec<bool> = items.iter().map(|item| item.kind == Kind::Not).collect();
    let mut place = 0;
    items.retain(|item| {
        let is_do = matches!(side.folded(item.words.start), "does" | "do" | "did");
        place += 1;
        !(is_do && negates.get(place).is_some_and(|negates| *negates))
    });
    items
}

/// Whether one word is the plural of the other, or one form of a verb and another in the present.
fn are_forms(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() > 2 && long.strip_prefix(short) == Some("s")
}

/// Whether two function words mean the same.
fn are_synonyms(one: &str, other: &str) -> bool {
    const PAIRS: [[&str; 2]; 4] = [
        ["until", "till"],
        ["on", "upon"],
        ["which", "that"],
        ["per", "every"],
    ];
    PAIRS.contains(&[one, other]) || PAIRS.contains(&[other, one])
}
