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
