//! Other notations of numbers, units, times of day and dates.

use crate::commands::eval::faults::{
    passages::Sample,
    seeded::Random,
    words::{core, is_one_of, lower, replaced, spliced},
};

const SPELLED: [&str; 19] = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const UNITS: [(&str, &str); 15] = [
    ("minutes", "min"),
    ("minute", "min"),
    ("seconds", "s"),
    ("hours", "h"),
    ("milliseconds", "ms"),
    ("metres", "m"),
    ("meters", "m"),
    ("kilometres", "km"),
    ("kilometers", "km"),
    ("centimetres", "cm"),
    ("kilograms", "kg"),
    ("grams", "g"),
    ("milligrams", "mg"),
    ("megabytes", "MB"),
    ("gigabytes", "GB"),
];
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
/// Before these, a number is not counted in: "Figure 2".
const NAMES_OF_NUMBERS: &str = "figure table section chapter version step part no number type phase page title form \
     level grade article rule";

/// "12" becomes "twelve", "1,000" becomes "1000", and the other way round.
pub(super) fn number_spelled(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut places: Vec<usize> = (1..tokens.len() - 1).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let number = core(tokens[at]);
        let is_alone = number == tokens[at];
        let after = core(tokens[at + 1]);
        let counts = after.len() >= 4 && after.chars().all(|c| c.is_ascii_lowercase());
        if !is_alone || !counts || is_one_of(&lower(tokens[at - 1]), NAMES_OF_NUMBERS) {
            return None;
        }
        if let Some(value) = SPELLED.iter().position(|word| *word == number) {
            return Some(replaced(&tokens, at, &(value + 2).to_string()));
        }
        if let Some((thousands, rest)) = number.split_once(',') {
            let is_number =
                thousands.parse::<u32>().is_ok() && rest.len() == 3 && rest.parse::<u32>().is_ok();
            return is_number.then(|| replaced(&tokens, at, &format!("{thousands}{rest}")));
        }
        let value: usize = number.parse().ok()?;
        if value >= 10_000 {
            return Some(replaced(
                &tokens,
                at,
                &format!("{},{:03}", value / 1_000, value % 1_000),
            ));
        }
        let word = SPELLED.get(value.checked_sub(2)?)?;
        Some(replaced(&tokens, at, word))
    })
}

/// "30 minutes" becomes "30 min", "14:30" "2:30 pm", "4 %" "4 percent", and the other way round.
pub(super) fn unit_spelled(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    random.shuffle(&mut places);
    places.into_iter().find_map(|at| {
        let token = tokens[at];
        let after = tokens.get(at + 1).copied().unwrap_or_default();
        if let Some(changed) = clock(&tokens, at) {
            return Some(changed);
        }
        if let Some(number) = percent(token) {
            let ending = token.rsplit('%').next().unwrap_or_default();
            return Some(spliced(&tokens, at..at + 1, &format!("{number} percent{ending}")));
        }
        let number = core(token);
        let is_number =
            number == token && number.starts_with(|c: char| c.is_ascii_digit()) && !number.contains(':');
        if !is_number {
            return None;
        }
        if after == "%" || core(after) == "percent" {
            let ending = &after[after.trim_end_matches([',', '.', ';', ')']).len()..];
            let unit = if after == "%" { "percent" } else { "%" };
            return Some(spliced(&tokens, at + 1..at + 2, &format!("{unit}{ending}")));
        }
        let unit = core(after);
        let (long, short) = UNITS
            .iter()
            .find(|(long, short)| *long == unit || *short == unit && number != "1")?;
        let other = if *long == unit { short } else { long };
        Some(spliced(&tokens, at + 1..at + 2, &after.replacen(unit, other, 1)))
    })
}

/// The number of "90%" or "90%,".
fn percent(token: &str) -> Option<&str> {
    let number = token.trim_end_matches([',', '.', ';']).strip_suffix('%')?;
    number
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.')
        .then_some(number)
        .filter(|number| !number.is_empty())
}

/// "14:30" as "2:30 pm", and "2:30 pm" as "14:30".
fn clock(tokens: &[&str], at: usize) -> Option<String> {
    let time = core(tokens[at]);
    let (hour, minute) = time.split_once(':')?;
    let (hour, value): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && value < 60 && minute.len() == 2).then_some(())?;
    let after = tokens.get(at + 1).copied().unwrap_or_default();
    let half = after.to_lowercase().replace('.', "");
    let ending = &after[after.trim_end_matches([',', ';', ')']).len()..];
    match half.trim_end_matches([',', ';', ')']) {
        "am" | "pm" if (1..=12).contains(&hour) => {
            let hour = hour % 12 + if half.starts_with('p') { 12 } else { 0 };
            Some(spliced(
                tokens,
                at..at + 2,
                &format!("{hour:02}:{minute}{ending}"),
            ))
        }
        _ if (13..24).contains(&hour) => Some(replaced(tokens, at, &format!("{}:{minute} pm", hour - 12))),
        _ => None,
    }
}

/// "3 May 1871" becomes "May 3, 1871" or "1871-05-03", and the other way round.
pub(super) fn date_form(sample: &Sample<'_>, random: &mut Random) -> Option<String> {
    let tokens = sample.tokens();
    (0..tokens.len().saturating_sub(2)).find_map(|at| {
        let [first, second, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
        let year = core(third);
        (year.len() == 4 && year.parse::<u32>().is_ok()).then_some(())?;
        let month_of = |name: &str| MONTHS.iter().position(|month| *month == name);
        let (month, day, forms_day_first) = match (month_of(core(first)), month_of(second)) {
            (Some(month), _) => (month, core(second), false),
            (_, Some(month)) => (month, core(first), true),
            _ => return None,
        };
        let day_number: u32 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
        let name = MONTHS[month];
        let form = match (random.below(2), forms_day_first) {
            (0, _) => format!("{year}-{:02}-{day_number:02}", month + 1),
            (_, true) => format!("{name} {day_number}, {year}"),
            (_, false) => format!("{day_number} {name} {year}"),
        };
        let ending = &third[third.find(year).unwrap_or_default() + year.len()..];
        Some(spliced(&tokens, at..at + 3, &format!("{form}{ending}")))
    })
}
