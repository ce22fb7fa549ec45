//! Dates: years, months, days and weekdays, in words or as ISO 8601.

use std::ops::RangeInclusive;

use super::{Contradiction, Side, Stated};

/// A date as far as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Date {
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
    /// Whether the year stands for its decade: "the 1970s".
    is_decade: bool,
    /// From which word to which.
    pub(super) words: RangeInclusive<usize>,
}

/// Every date of a text.
pub(super) fn dates(side: Side<'_>) -> Vec<Date> {
    let mut dates = Vec::new();
    let mut at = 0;
    while at < side.words.len() {
        match side.signs(at).may_begin_date.then(|| date(side, at)).flatten() {
            Some(date) => {
                at = date.words.end() + 1;
                dates.push(date);
            }
            None => at += 1,
        }
    }
    dates
}

/// Whether a folded word can be the first of a date.
pub(super) fn may_begin(folded: &str) -> bool {
    folded.starts_with(|c: char| c.is_ascii_digit()) || is_month(folded)
}

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
        None if day.is_some() || is_surely_a_month(side, at) => dated(None, Some(month), day, to),
        None => None,
    }
}

/// A number of four digits that is no amount of something else.
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

/// "1970s", "1970's".
fn decade(side: Side<'_>, at: usize) -> Option<u16> {
    let written = side.words[at].of(side.text);
    let (digits, rest) = written.split_at_checked(4)?;
    let decade: u16 = digits
        .parse()
        .ok()
        .filter(|year| year % 10 == 0 && (1500..2100).contains(year))?;
    let spaced = side.folded(at + 1) == "s" && side.gap(at).trim() == "'";
    (matches!(rest, "s" | "'s" | "\u{2019}s") || rest.is_empty() && spaced).then_some(decade)
}

fn has_unit(side: Side<'_>, at: usize) -> bool {
    let after = side.words.get(at).map_or("", |word| &side.text[word.end..]);
    after.trim_start().starts_with(['%', '°'])
        || super::numbers::is_unit(side.folded(at + 1)) && side.gap(at).trim().is_empty()
}

fn two_digits(side: Side<'_>, at: usize, most: u8) -> Option<u8> {
    let number = side.folded(at).parse().ok();
    number.filter(|number| (1..=most).contains(number))
}

/// `9`, `9th`.
fn day(side: Side<'_>, at: usize) -> Option<u8> {
    let text = side.folded(at);
    let bare = ["st", "nd", "rd", "th"]
        .into_iter()
        .find_map(|end| text.strip_suffix(end));
    let number = bare.unwrap_or(text).parse().ok();
    number.filter(|day| (1..=31).contains(day))
}

fn month(side: Side<'_>, at: usize) -> Option<u8> {
    if !side.words.get(at)?.capital {
        return None;
    }
    month_of(side.folded(at))
}

/// Whether a folded word names a month.
pub(super) fn is_month(word: &str) -> bool {
    month_of(word).is_some()
}

fn month_of(word: &str) -> Option<u8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// "March" and "May" are words too, and some months are people.
fn is_surely_a_month(side: Side<'_>, at: usize) -> bool {
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

impl Date {
    /// Whether the other tells all that this one tells, and the same.
    fn is_told_by(&self, other: &Self) -> bool {
        fn tells<T: PartialEq>(wanted: Option<T>, told: Option<T>) -> bool {
            wanted.is_none() || wanted == told
        }
        let in_decade = |year: u16| self.year.is_some_and(|decade| year / 10 == decade / 10);
        if self.is_decade {
            return other.year.is_some_and(in_decade);
        }
        !other.is_decade
            && tells(self.year, other.year)
            && tells(self.month, other.month)
            && tells(self.day, other.day)
    }

    /// Whether the two tell of something in the same words differently.
    fn differs_from(&self, other: &Self) -> bool {
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

/// Dates of the claim that the span does not have.
pub(super) fn contradictions(claim: &Stated<'_>, span: &Stated<'_>, context: &[u32]) -> Vec<Contradiction> {
    let (claimed, told) = (&claim.dates, &span.dates);
    let (claim, span) = (claim.side, span.side);
    let mut contradictions = Vec::new();
    for date in claimed {
        let is_told = told.iter().any(|other| date.is_told_by(other));
        // A year may stand in the title or a heading.
        let is_over = |year: &u16| {
            let year = year.to_string();
            claim.words[date.words.clone()]
                .iter()
                .any(|word| claim.lexicon.folded(word) == year && context.contains(&word.stem))
        };
        let without_year = Date {
            year: date.year.filter(|year| !is_over(year)),
            ..date.clone()
        };
        let is_only_a_year = date.month.is_none() && date.day.is_none();
        let is_told_below = without_year.year.is_none()
            && date.year.is_some()
            && (is_only_a_year || told.iter().any(|other| without_year.is_told_by(other)));
        if is_told || is_told_below {
            continue;
        }
        let here = claim.shown(*date.words.start(), *date.words.end());
        let other = told.iter().find(|other| {
            date.differs_from(other) && !claimed.iter().any(|claimed| other.is_told_by(claimed))
        });
        contradictions.push(match other {
            Some(other) => {
                let there = span.shown(*other.words.start(), *other.words.end());
                Contradiction::Against(format!("the source says {there}, not {here}"))
            }
            None => Contradiction::Missing(format!("the source does not say {here}")),
        });
    }
    contradictions.extend(weekdays(claim, span));
    contradictions
}

/// Which day of the week a folded word names.
pub(super) fn weekday(folded: &str) -> Option<u8> {
    Some(match folded {
        "monday" | "mondays" => 1,
        "tuesday" | "tuesdays" => 2,
        "wednesday" | "wednesdays" => 3,
        "thursday" | "thursdays" => 4,
        "friday" | "fridays" => 5,
        "saturday" | "saturdays" => 6,
        "sunday" | "sundays" => 7,
        _ => return None,
    })
}

fn weekdays(claim: Side<'_>, span: Side<'_>) -> Option<Contradiction> {
    let day = |side: Side<'_>| {
        (0..side.words.len()).find_map(|at| Some((side.signs(at).weekday?, side.shown(at, at))))
    };
    let ((claimed, here), (told, there)) = (day(claim)?, day(span)?);
    (claimed != told).then(|| Contradiction::Against(format!("the source says {there}, not {here}")))
}
