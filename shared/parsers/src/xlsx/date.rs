//! Dates and times as a format code shows them.

use super::code::Token;

/// The last day: 9999-12-31.
const MAX_DAY: f64 = 2_958_465.0;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
];

/// The text of a number of days, `None` outside the years 1900 to 9999.
pub(super) fn shown(number: f64, tokens: &[Token], is_1904: bool) -> Option<String> {
    let number = if is_1904 { number + 1462.0 } else { number };
    if !(0.0..MAX_DAY + 1.0).contains(&number) {
        return None;
    }
    let seconds = (number * 86_400.0).round() as u64;
    let (day, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, of_month) = civil(day);
    let has_half_days = tokens.contains(&Token::HalfDay);
    let mut text = String::new();
    let mut is_fraction = false;
    for (place, token) in tokens.iter().enumerate() {
        let padded = |value: u64, width: usize| format!("{value:0width$}", width = width.min(2));
        let hour = time / 3600;
        let part = match token {
            Token::Literal(literal) => literal.clone(),
            Token::Date('y', 1 | 2) => format!("{:02}", year % 100),
            Token::Date('y', _) => format!("{year:04}"),
            Token::Date('m', width) if *width < 3 && is_minutes(tokens, place) => {
                padded(time / 60 % 60, *width)
            }
            Token::Date('m', 5) => MONTHS[month - 1][..1].to_owned(),
            Token::Date('m', 3) => MONTHS[month - 1][..3].to_owned(),
            Token::Date('m', width) if *width > 3 => MONTHS[month - 1].to_owned(),
            Token::Date('m', width) => padded(month as u64, *width),
            Token::Date('d', 3) => WEEKDAYS[day as usize % 7][..3].to_owned(),
            Token::Date('d', width) if *width > 3 => WEEKDAYS[day as usize % 7].to_owned(),
            Token::Date('d', width) => padded(of_month, *width),
            Token::Date('h', width) if has_half_days => padded((hour + 11) % 12 + 1, *width),
            Token::Date('h', width) => padded(hour, *width),
            Token::Date(_, width) => padded(time % 60, *width),
            Token::Elapsed('h', width) => padded(seconds / 3600, *width),
            Token::Elapsed('m', width) => padded(seconds / 60, *width),
            Token::Elapsed(_, width) => padded(seconds, *width),
            Token::HalfDay => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            Token::Fraction => "/".to_owned(),
            Token::Comma => ",".to_owned(),
            // Fractions of seconds are not shown: seconds are rounded.
            Token::Point => {
                is_fraction = matches!(tokens.get(place + 1), Some(Token::Digit(_)));
                if is_fraction { "" } else { "." }.to_owned()
            }
            Token::Digit(_) if is_fraction => String::new(),
            Token::Digit(digit) => digit.to_string(),
            Token::Percent | Token::Exponent(_) | Token::General => String::new(),
        };
        text.push_str(&part);
    }
    Some(text.trim().to_owned())
}

/// Whether the m at the place stands for minutes: after hours or before seconds.
fn is_minutes(tokens: &[Token], place: usize) -> bool {
    let letter = |token: &Token| match token {
        Token::Date(letter, _) | Token::Elapsed(letter, _) => Some(*letter),
        _ => None,
    };
    let before = tokens[..place].iter().rev().find_map(letter);
    let after = tokens[place + 1..].iter().find_map(letter);
    before == Some('h') || after == Some('s')
}

/// Year, month and day of a day since 1899-12-31. Excel counts a 29 February 1900, which is day 60.
fn civil(day: u64) -> (u64, usize, u64) {
    if day == 60 {
        return (1900, 2, 29);
    }
    let since_1900 = if day > 60 { day - 1 } else { day };
    // Days of a calendar whose years begin in March, so that leap days come last; day 0 is 1600-03-01.
    let days = since_1900 + 109_512;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = 1600 + era * 400 + year_of_era + u64::from(month <= 2);
    (year, month as usize, of_month)
}
