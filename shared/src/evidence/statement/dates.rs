//! Dates in a text: years, months and days, in words or as ISO 8601.

use std::ops::RangeInclusive;

use crate::evidence::{
    side::Side,
    words::{calendar::month_of, numbers::is_unit},
};

/// A date, with the parts that the text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: Option<u16>,
    pub(crate) month: Option<u8>,
    pub(crate) day: Option<u8>,
    /// Whether the year stands for its decade: "the 1970s".
    pub(crate) is_decade: bool,
    /// The range of its words.
    pub(crate) words: RangeInclusive<usize>,
}

impl Date {
    /// Whether the other date states every part of this one, with the same value.
    pub(crate) fn is_stated_by(&self, other: &Self) -> bool {
        fn states<T: PartialEq>(claimed: Option<T>, stated: Option<T>) -> bool {
            claimed.is_none() || claimed == stated
        }
        let in_decade = |year: u16| self.year.is_some_and(|decade| year / 10 == decade / 10);
        if self.is_decade {
            return other.year.is_some_and(in_decade);
        }
        !other.is_decade
            && states(self.year, other.year)
            && states(self.month, other.month)
            && states(self.day, other.day)
    }

    /// Whether the two dates state the same part with different values.
    pub(crate) fn differs_from(&self, other: &Self) -> bool {
        fn differ<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.is_some() && other.is_some() && one != other
        }
        if self.is_decade || other.is_decade {
            let decade = |date: &Self| date.year.map(|year| year / 10);
            return differ(decade(self), decade(other));
        }
        differ(self.year, other.year) || differ(self.month, other.month) || differ(self.day, other.day)
    }
}

/// The dates in a text, in order.
pub(crate) fn dates(side: Side<'_>) -> Vec<Date> {
    let mut dates = Vec::new();
    let mut at = 0;
    while at < side.words.len() {
        match side.spelling(at).may_begin_date.then(|| date(side, at)).flatten() {
            Some(date) => {
                at = date.words.end() + 1;
                dates.push(date);
            }
            None => at += 1,
        }
    }
    dates
}

/// The date that begins at a word, if any.
fn date(side: Side<'_>, at: usize) -> Option<Date> {
    let dated = |year, month, day, to: usize| {
        Some(Date {
            year,
            month,
            day,
            is_decade: false,
            words: at..=to,
        })
    };
    let near = |place: usize| {
        !side
            .gap(place)
            .contains(|c: char| !matches!(c, ' ' | ',' | '.' | '\n' | '\u{a0}'))
    };
    if let Some(decade) = decade(side, at) {
        return Some(Date {
            year: Some(decade),
            month: None,
            day: None,
            is_decade: true,
            words: at..=at,
        });
    }
    if let Some(year) = year(side, at) {
        if side.gap(at) == "-"
            && side.gap(at + 1) == "-"
            && let (Some(month), Some(day)) = (two_digits(side, at + 1, 12), two_digits(side, at + 2, 31))
        {
            return dated(Some(year), Some(month), Some(day), at + 2);
        }
        return dated(Some(year), None, None, at);
    }
    if let Some(day) = day(side, at) {
        let of = usize::from(side.folded(at + 1) == "of");
        if near(at)
            && let Some(month) = month(side, at + 1 + of)
        {
            let to = at + 1 + of;
            return match year(side, to + 1).filter(|_| near(to)) {
                Some(year) => dated(Some(year), Some(month), Some(day), to + 1),
                None => dated(None, Some(month), Some(day), to),
            };
        }
    }
    let month = month(side, at)?;
    let day = day(side, at + 1).filter(|_| near(at) && !has_unit(side, at + 1));
    let to = at + usize::from(day.is_some());
    let of = usize::from(side.folded(to + 1) == "of");
    match year(side, to + 1 + of).filter(|_| near(to)) {
        Some(year) => dated(Some(year), Some(month), day, to + 1 + of),
        None if day.is_some() || is_unambiguous_month(side, at) => dated(None, Some(month), day, to),
        None => None,
    }
}

/// A year: a number of four digits without a unit or currency sign.
fn year(side: Side<'_>, at: usize) -> Option<u16> {
    let text = side.folded(at);
    let year: u16 = text
        .parse()
        .ok()
        .filter(|year| (1500..2100).contains(year) && text.len() == 4)?;
    let before = &side.text[..side.words[at].start];
    let is_money = before.ends_with(['$', '€', '£', '.', '#']);
    (!is_money && !has_unit(side, at)).then_some(year)
}

/// A decade, by its first year: "1970s", "1970's".
fn decade(side: Side<'_>, at: usize) -> Option<u16> {
    let written = side.words[at].as_written(side.text);
    let (digits, rest) = written.split_at_checked(4)?;
    let decade: u16 = digits
        .parse()
        .ok()
        .filter(|year| year % 10 == 0 && (1500..2100).contains(year))?;
    let spaced = side.folded(at + 1) == "s" && side.gap(at).trim() == "'";
    (matches!(rest, "s" | "'s" | "\u{2019}s") || rest.is_empty() && spaced).then_some(decade)
}

/// Whether a number has a unit after it.
fn has_unit(side: Side<'_>, at: usize) -> bool {
    let after = side.words.get(at).map_or("", |word| &side.text[word.end..]);
    after.trim_start().starts_with(['%', '°'])
        || is_unit(side.folded(at + 1)) && side.gap(at).trim().is_empty()
}

fn two_digits(side: Side<'_>, at: usize, most: u8) -> Option<u8> {
    let number = side.folded(at).parse().ok();
    number.filter(|number| (1..=most).contains(number))
}

/// A day of the month: `9`, `9th`.
fn day(side: Side<'_>, at: usize) -> Option<u8> {
    let text = side.folded(at);
    let bare = ["st", "nd", "rd", "th"]
        .into_iter()
        .find_map(|end| text.strip_suffix(end));
    let number = bare.unwrap_or(text).parse().ok();
    number.filter(|day| (1..=31).contains(day))
}

/// A month, with a capital letter.
fn month(side: Side<'_>, at: usize) -> Option<u8> {
    if !side.words.get(at)?.capital {
        return None;
    }
    month_of(side.folded(at))
}

/// Whether a word without a day or year is a month: "March" and "May" are also words, and some months are names of
/// people.
fn is_unambiguous_month(side: Side<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| side.folded(before));
    let is_plain = !matches!(
        side.folded(at),
        "march" | "may" | "mar" | "june" | "april" | "august" | "jan"
    );
    is_plain
        || matches!(
            before,
            "in" | "of"
                | "since"
                | "until"
                | "till"
                | "by"
                | "from"
                | "to"
                | "and"
                | "during"
                | "early"
                | "late"
                | "mid"
                | "last"
                | "next"
                | "every"
                | "each"
                | "before"
                | "after"
                | "between"
        )
}
