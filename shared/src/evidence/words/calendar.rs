//! Spelling of months and weekdays.

/// Whether a folded word may be the first of a date.
pub(crate) fn may_begin(folded: &str) -> bool {
    folded.starts_with(|c: char| c.is_ascii_digit()) || is_month(folded)
}

/// Whether a folded word names a month.
pub(crate) fn is_month(word: &str) -> bool {
    month_of(word).is_some()
}

/// The number of the month that a folded word names, from 1.
pub(crate) fn month_of(word: &str) -> Option<u8> {
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

/// The number of the weekday that a folded word names, from 1 for Monday.
pub(crate) fn weekday(folded: &str) -> Option<u8> {
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

/// A time of day in minutes after midnight, and the place of its last word: `14:30`, `2:30 pm`, `2 p.m.`, "noon".
/// `word` gives the folded word at a place, from 0.
pub(crate) fn time_of_day<'a>(word: impl Fn(usize) -> &'a str) -> Option<(u16, usize)> {
    let first = word(0);
    match first {
        "noon" | "midday" => return Some((12 * 60, 0)),
        "midnight" => return Some((0, 0)),
        _ if !first.starts_with(|c: char| c.is_ascii_digit()) => return None,
        _ => {}
    }
    let half = |text: &str| match text {
        "am" | "a.m" => Some(0),
        "pm" | "p.m" => Some(12),
        _ => None,
    };
    let digits = first.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &first[digits.len()..];
    let (clock, last) = match (half(suffix), half(word(1))) {
        (Some(afternoon), _) => (Some(afternoon), 0),
        (None, Some(afternoon)) if suffix.is_empty() => (Some(afternoon), 1),
        (None, None) if suffix.is_empty() && matches!(word(1), "o'clock" | "oclock") => (None, 1),
        (None, _) if suffix.is_empty() && digits.contains(':') => (None, 0),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once([':', '.']).unwrap_or((digits, "00"));
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    if minutes > 59 || hours > 24 || digits.matches([':', '.']).count() > 1 {
        return None;
    }
    let hours = match clock {
        Some(_) if hours == 0 || hours > 12 => return None,
        Some(afternoon) => hours % 12 + afternoon,
        None => hours % 24,
    };
    Some((hours * 60 + minutes, last))
}
